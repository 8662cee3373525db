import type { Random } from '../random.ts';
import type { FleetNode } from './node.ts';

type Platform = Pick<FleetNode, 'platformType' | 'platformName' | 'platformVersion'>;

/** As DescribeInstanceInformation writes them. */
const linux: readonly Platform[] = [
  { platformType: 'Linux', platformName: 'Amazon Linux', platformVersion: '2023' },
  { platformType: 'Linux', platformName: 'Amazon Linux', platformVersion: '2023' },
  { platformType: 'Linux', platformName: 'Ubuntu', platformVersion: '22.04' },
  { platformType: 'Linux', platformName: 'Ubuntu', platformVersion: '24.04' },
  { platformType: 'Linux', platformName: 'Red Hat Enterprise Linux', platformVersion: '8.10' },
  { platformType: 'Linux', platformName: 'Red Hat Enterprise Linux', platformVersion: '9.4' },
];

const windows: readonly Platform[] = [
  {
    platformType: 'Windows',
    platformName: 'Microsoft Windows Server 2019 Datacenter',
    platformVersion: '10.0.17763',
  },
  {
    platformType: 'Windows',
    platformName: 'Microsoft Windows Server 2022 Datacenter',
    platformVersion: '10.0.20348',
  },
  {
    platformType: 'Windows',
    platformName: 'Microsoft Windows Server 2025 Datacenter',
    platformVersion: '10.0.26100',
  },
];

const agentVersions = ['3.3.2299.0', '3.3.2746.0', '3.3.3050.0', '3.3.987.0'] as const;

/** About seven servers in ten run Linux. */
export function pickPlatform(stream: Random): Platform {
  return stream.pick(stream.chance(0.7) ? linux : windows);
}

/** One of a few releases of SSM Agent: compared as strings, the last one would look the newest. */
export function pickAgentVersion(stream: Random): string {
  return stream.pick(agentVersions);
}
