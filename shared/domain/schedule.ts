import * as z from 'zod';
import { expressionProblem } from './sla/expression.ts';

/** When a maintenance window opens. Source: Systems Manager user guide, cron and rate expressions. */
export const scheduleSchema = z
  .string()
  .max(256)
  .regex(/^(cron|rate|at)\(.+\)$/, {
    message: 'allowed: a Maintenance Window schedule: cron(...), rate(...) or at(...)',
    abort: true,
  })
  .superRefine((expression, context) => {
    const problem = expressionProblem(expression);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({
    description: 'When the maintenance window opens.',
    examples: ['cron(0 22 ? * SAT#2 *)', 'rate(8 hours)', 'at(2026-01-10T22:00:00)'],
  });

/** The time zone in which a schedule is meant. */
export const timeZoneSchema = z
  .string()
  .refine((zone) => isTimeZone(zone), 'allowed: an IANA time zone such as "Asia/Tokyo"')
  .meta({
    description: 'The IANA time zone in which the schedule is meant.',
    examples: ['Asia/Tokyo', 'Europe/London', 'America/New_York', 'Etc/UTC'],
  });

/** Intl also takes offsets, which Systems Manager does not. */
function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
