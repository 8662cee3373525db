import { errorList, errorsIn } from '../../../shared/domain/error-list.ts';

describe("the list of a batch's errors", () => {
  test('tells by its size how many they are, whatever the length of their ids', () => {
    const ids = ['i-01234567', 'i-89abcdef', 'i-0123456789abcdef0', 'mi-0123456789abcdef0'];

    expect(
      [0, 1, 2, 3, 4].map((count) => errorsIn(Buffer.byteLength(errorList(ids.slice(0, count))))),
    ).toEqual([0, 1, 2, 3, 4]);
  });

  test('can be read: an id a line', () => {
    const lines = errorList(['i-01234567', 'mi-0123456789abcdef0']).split('\n');

    expect(lines.map((line) => line.trim())).toEqual(['i-01234567', 'mi-0123456789abcdef0', '']);
  });
});
