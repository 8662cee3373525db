/** How bad a missing patch is, worst first. Patch Manager's own words differ by operating system. */
export const patchSeverities = ['Critical', 'Important', 'Medium', 'Low', 'Unspecified'] as const;
export type PatchSeverity = (typeof patchSeverities)[number];

/** By the word in lower case. Source: user guide, "Patch baseline rules on Linux-based systems", and API PatchFilter. */
const words: Readonly<Record<string, PatchSeverity>> = {
  critical: 'Critical',
  important: 'Important',
  high: 'Important',
  medium: 'Medium',
  moderate: 'Medium',
  low: 'Low',
  negligible: 'Low',
};

/** Whatever is not known is `Unspecified`, never dropped. */
export function patchSeverityOf(word: string | undefined): PatchSeverity {
  return words[(word ?? '').trim().toLowerCase()] ?? 'Unspecified';
}
