import type { Random } from '../random.ts';
import type { FleetNode } from './node.ts';

type Platform = Pick<FleetNode, 'platformType' | 'platformName' | 'platformVersion'>;

/** How DescribeInstanceInformation begins a system's name, and how patch baselines call it. */
const baselineSystems = [
  ['Amazon Linux AMI', 'AMAZON_LINUX'],
  ['Ubuntu', 'UBUNTU'],
  ['Red Hat Enterprise Linux', 'REDHAT_ENTERPRISE_LINUX'],
  ['SLES', 'SUSE'],
  ['SUSE', 'SUSE'],
  ['CentOS', 'CENTOS'],
  ['Oracle Linux', 'ORACLE_LINUX'],
  ['Debian', 'DEBIAN'],
  ['Raspbian', 'RASPBIAN'],
  ['Rocky', 'ROCKY_LINUX'],
  ['AlmaLinux', 'ALMA_LINUX'],
] as const;

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

/** About seven servers in ten run Linux, as far as the policy's baselines have both; none of them known: any system. */
export function pickPlatform(stream: Random, operatingSystems: readonly string[] = []): Platform {
  const isLinux = stream.chance(0.7);
  const wanted = [isLinux ? linux : windows, isLinux ? windows : linux]
    .map((platforms) => platforms.filter((platform) => isAmong(platform, operatingSystems)))
    .find((platforms) => platforms.length > 0);
  return stream.pick(wanted ?? (isLinux ? linux : windows));
}

function isAmong(platform: Platform, operatingSystems: readonly string[]): boolean {
  return operatingSystems.includes(operatingSystemOf(platform));
}

/** The system in a patch baseline's words; a Linux that is not known counts as Amazon Linux. */
export function operatingSystemOf({ platformType, platformName, platformVersion }: Platform): string {
  if (platformType === 'Windows') return 'WINDOWS';
  if (platformType === 'MacOS') return 'MACOS';
  const known = baselineSystems.find(([name]) => platformName.startsWith(name));
  return known?.[1] ?? `AMAZON_LINUX_${platformVersion.startsWith('2023') ? '2023' : '2'}`;
}

/** One of a few releases of SSM Agent: compared as strings, the last one would look the newest. */
export function pickAgentVersion(stream: Random): string {
  return stream.pick(agentVersions);
}
