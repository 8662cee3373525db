import { compilePattern } from '../../../local/aws/events/pattern.ts';

const event = {
  source: 'aws.securityhub',
  'detail-type': 'Security Hub Findings - Imported',
  detail: {
    count: 7,
    isNew: true,
    nothing: null,
    tags: ['prd', 'web'],
    name: 'Web-01',
    findings: [
      { Id: 'a', Severity: { Label: 'LOW' }, Workflow: { Status: 'NEW' } },
      { Id: 'b', Severity: { Label: 'HIGH' }, Workflow: { Status: 'NOTIFIED' } },
    ],
  },
};

function matches(detail: object): boolean {
  return compilePattern({ detail })(event);
}

describe('an event pattern', () => {
  test.each([
    ['a value of a list', { count: [1, 7] }, true],
    ['no value of a list', { count: [1, 8] }, false],
    ['a number as text', { count: ['7'] }, false],
    ['a boolean', { isNew: [true] }, true],
    ['null', { nothing: [null] }, true],
    ['null of a field that is not there', { absent: [null] }, false],
    ['any element of an array', { tags: ['web'] }, true],
    ['no element of an array', { tags: ['stg'] }, false],
    ['a prefix', { name: [{ prefix: 'Web' }] }, true],
    ['a prefix in other letters', { name: [{ prefix: 'web' }] }, false],
    ['a prefix whatever the letters', { name: [{ prefix: { 'equals-ignore-case': 'web' } }] }, true],
    ['a suffix', { name: [{ suffix: '-01' }] }, true],
    ['another suffix', { name: [{ suffix: '-02' }] }, false],
    ['a text whatever the letters', { name: [{ 'equals-ignore-case': 'WEB-01' }] }, true],
    ['anything but another', { name: [{ 'anything-but': 'Web-02' }] }, true],
    ['anything but itself', { name: [{ 'anything-but': ['Web-02', 'Web-01'] }] }, false],
    ['anything but a prefix', { name: [{ 'anything-but': { prefix: 'Web' } }] }, false],
    ['anything but, of a field that is not there', { absent: [{ 'anything-but': 'x' }] }, false],
    ['a number in a range', { count: [{ numeric: ['>', 0, '<=', 7] }] }, true],
    ['a number outside of a range', { count: [{ numeric: ['>', 7] }] }, false],
    ['text as a number', { name: [{ numeric: ['>=', 0] }] }, false],
    ['a field that is there', { name: [{ exists: true }] }, true],
    ['a field that is not there', { absent: [{ exists: false }] }, true],
    ['a field that should not be there', { name: [{ exists: false }] }, false],
    ['a field with others below it, which exists does not see', { findings: [{ exists: true }] }, false],
    ['one of two entries', { name: [{ prefix: 'DB' }, { suffix: '01' }] }, true],
    ['two fields of which one differs', { count: [7], name: ['x'] }, false],
    ['a field below the objects of an array', { findings: { Id: ['b'] } }, true],
  ])('%s', (_what, detail, expected) => {
    expect(matches(detail)).toBe(expected);
  });

  test('takes two fields of the objects in one array from different ones', () => {
    expect(matches({ findings: { Id: ['a'], Severity: { Label: ['HIGH'] } } })).toBe(true);
  });

  test.each([
    ['an operator that is not embedded', { source: [{ wildcard: 'aws.*' }] }, 'wildcard'],
    ['$or', { $or: [{ source: ['a'] }, { source: ['b'] }] }, '$or'],
    ['two operators in one entry', { source: [{ prefix: 'a', suffix: 'b' }] }, 'prefix'],
    ['a comparison that there is not', { count: [{ numeric: ['!=', 1] }] }, 'numeric'],
    ['a value that is no list', { source: 'aws.securityhub' }, '$.source'],
    ['an empty list', { source: [] }, '$.source is empty'],
    ['an empty pattern', {}, 'an object with a field'],
    ['more than 2,048 characters', { source: ['x'.repeat(2_048)] }, '2048'],
  ])('refuses %s', (_what, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
