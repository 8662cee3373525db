import { z } from 'zod';

/** An ISO 8601 string or epoch seconds: which of the two depends on the AWS CLI's `cli_timestamp_format`. */
const timestamp = z.union([
  z.number(),
  z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'an ISO 8601 time or epoch seconds'),
]);

/** What is read of `aws ssm describe-instance-information` (InstanceInformation in the SSM API Reference). */
export const instanceInformationFile = z.object({
  InstanceInformationList: z.array(
    z.object({
      InstanceId: z
        .string()
        .regex(/^(?:i-(?:[0-9a-f]{8}|[0-9a-f]{17})|mi-[0-9a-f]{17})$/, 'i-… or mi-… with 17 hex digits'),
      PingStatus: z.enum(['Online', 'ConnectionLost', 'Inactive']),
      LastPingDateTime: timestamp.optional(),
      PlatformType: z.enum(['Windows', 'Linux', 'MacOS']),
      PlatformName: z.string().optional(),
      PlatformVersion: z.string().optional(),
      AgentVersion: z.string().optional(),
      ComputerName: z.string().optional(),
      IPAddress: z.string().optional(),
    }),
  ),
});

const tag = z.object({ Key: z.string().min(1), Value: z.string() });

/** What is read of `aws ec2 describe-instances` (Instance in the EC2 API Reference). */
export const instancesFile = z.object({
  Reservations: z.array(
    z.object({
      Instances: z.array(
        z.object({
          InstanceId: z.string().regex(/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, 'i- with 8 or 17 hex digits'),
          State: z.object({
            Name: z.enum(['pending', 'running', 'stopping', 'stopped', 'shutting-down', 'terminated']),
          }),
          LaunchTime: timestamp.optional(),
          Platform: z.string().optional(),
          PrivateDnsName: z.string().optional(),
          PrivateIpAddress: z.string().optional(),
          Tags: z.array(tag).optional(),
        }),
      ),
    }),
  ),
});

export type InstanceInformation = z.infer<typeof instanceInformationFile>['InstanceInformationList'][number];
export type Ec2Instance = z.infer<typeof instancesFile>['Reservations'][number]['Instances'][number];
