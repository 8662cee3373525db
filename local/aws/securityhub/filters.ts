import { z } from 'zod';
import { hubError } from './errors.ts';
import type { Finding } from './finding.ts';

const positive = ['EQUALS', 'PREFIX', 'CONTAINS'] as const;
const negative = ['NOT_EQUALS', 'PREFIX_NOT_EQUALS', 'NOT_CONTAINS'] as const;
const stringFilter = z.strictObject({ Value: z.string(), Comparison: z.enum([...positive, ...negative]) });
const dateFilter = z.union([
  z.strictObject({ Start: z.iso.datetime({ offset: true }), End: z.iso.datetime({ offset: true }) }),
  z.strictObject({ DateRange: z.strictObject({ Value: z.number().int().min(1), Unit: z.literal('DAYS') }) }),
]);

type StringFilter = z.infer<typeof stringFilter>;

const maximumAttributes = 10;
const maximumValues = 20;

/** What GetFindings compares a filter's values with; the attributes that are embedded. */
const textsOf: Readonly<Record<string, (finding: Finding) => readonly unknown[]>> = {
  AwsAccountId: ({ AwsAccountId }) => [AwsAccountId],
  CompanyName: (finding) => [finding['CompanyName']],
  GeneratorId: ({ GeneratorId }) => [GeneratorId],
  Id: ({ Id }) => [Id],
  ProductArn: ({ ProductArn }) => [ProductArn],
  ProductName: (finding) => [finding['ProductName']],
  RecordState: ({ RecordState }) => [RecordState],
  Region: (finding) => [finding['Region']],
  ResourceId: ({ Resources }) => Resources.map(({ Id }) => Id),
  ResourceType: ({ Resources }) => Resources.map(({ Type }) => Type),
  SeverityLabel: ({ Severity }) => [Severity?.Label],
  Title: ({ Title }) => [Title],
  Type: ({ Types = [] }) => Types,
  WorkflowStatus: ({ Workflow }) => [Workflow.Status],
};

const datesOf: Readonly<Record<string, (finding: Finding) => string>> = {
  CreatedAt: ({ CreatedAt }) => CreatedAt,
  UpdatedAt: ({ UpdatedAt }) => UpdatedAt,
};

/** Filters of GetFindings: attributes are ANDed, the values of one are ORed. Throws InvalidInputException. */
export function readFilters(filters: unknown, now: number): (finding: Finding) => boolean {
  if (filters === undefined) return () => true;
  const { data } = z.record(z.string(), z.array(z.unknown())).safeParse(filters);
  if (!data) throw hubError.invalid('Invalid parameter: Filters is no map of lists');
  const entries = Object.entries(data);
  if (entries.length > maximumAttributes) {
    throw hubError.invalid(
      `Invalid parameter: Filters has ${entries.length} attributes; allowed: ${maximumAttributes}`,
    );
  }
  const tests = entries.map(([name, values]) => {
    if (values.length > maximumValues) {
      throw hubError.invalid(`Filters.${name} should NOT have more than ${maximumValues} items`);
    }
    const texts = textsOf[name];
    const date = datesOf[name];
    if (texts) return textTest(name, values, texts);
    if (date) return dateTest({ name, values, dateOf: date, now });
    throw hubError.invalid(`Filters.${name} is not known to the embedded AWS`);
  });
  return (finding) => tests.every((test) => test(finding));
}

function textTest(
  name: string,
  values: readonly unknown[],
  textsOfFinding: (finding: Finding) => readonly unknown[],
) {
  const { data: filters } = z.array(stringFilter).safeParse(values);
  if (!filters) throw hubError.invalid(`Filters.${name} is malformed: ${JSON.stringify(values)}`);
  const wanted = filters.filter(({ Comparison }) => isPositive(Comparison));
  const unwanted = filters.filter(({ Comparison }) => !isPositive(Comparison));
  checkMixture(name, filters);
  return (finding: Finding): boolean => {
    const texts = textsOfFinding(finding).filter((text) => typeof text === 'string');
    const isWanted =
      wanted.length === 0 || wanted.some((filter) => texts.some((text) => compares(text, filter)));
    return isWanted && unwanted.every((filter) => texts.every((text) => compares(text, filter)));
  };
}

function isPositive(comparison: StringFilter['Comparison']): boolean {
  return positive.some((each) => each === comparison);
}

/** API StringFilter: "You can't provide both an EQUALS filter and a NOT_EQUALS or PREFIX_NOT_EQUALS filter on the same field", likewise CONTAINS. */
function checkMixture(name: string, filters: readonly StringFilter[]): void {
  const used = new Set(filters.map(({ Comparison }) => Comparison));
  const isMixed =
    (used.has('EQUALS') && (used.has('NOT_EQUALS') || used.has('PREFIX_NOT_EQUALS'))) ||
    (used.has('CONTAINS') && used.has('NOT_CONTAINS'));
  if (isMixed) throw hubError.invalid(`Filters.${name} asks for and against values of one kind`);
}

function compares(text: string, { Value, Comparison }: StringFilter): boolean {
  switch (Comparison) {
    case 'EQUALS':
      return text === Value;
    case 'PREFIX':
      return text.startsWith(Value);
    case 'CONTAINS':
      return text.includes(Value);
    case 'NOT_EQUALS':
      return text !== Value;
    case 'PREFIX_NOT_EQUALS':
      return !text.startsWith(Value);
    case 'NOT_CONTAINS':
      return !text.includes(Value);
  }
}

interface DateTest {
  readonly name: string;
  readonly values: readonly unknown[];
  readonly dateOf: (finding: Finding) => string;
  readonly now: number;
}

function dateTest({ name, values, dateOf, now }: DateTest) {
  const { data: filters } = z.array(dateFilter).safeParse(values);
  if (!filters) throw hubError.invalid(`Filters.${name} is malformed: ${JSON.stringify(values)}`);
  const ranges = filters.map((filter) =>
    'DateRange' in filter
      ? { from: now - filter.DateRange.Value * 86_400_000, until: now }
      : { from: Date.parse(filter.Start), until: Date.parse(filter.End) },
  );
  return (finding: Finding): boolean => {
    const at = Date.parse(dateOf(finding));
    return ranges.some(({ from, until }) => at >= from && at <= until);
  };
}
