import fc from 'fast-check';
import { messageOf, shortened } from '../../../shared/domain/message.ts';
import { seeded } from '../../support/seeded.ts';

const parts = {
  subject: 'subject',
  title: 'title',
  opening: ['what happened'],
  nextStepsTitle: 'What to do:',
  nextSteps: ['look', 'mend'],
  closing: ['', 'the rest'],
  links: [],
  severity: 'warning',
  kind: 'findings',
} as const;

describe('a message', () => {
  test('has its next steps between what happened and the rest, and for chat beside them', () => {
    const message = messageOf(parts);

    expect(message.text).toBe('what happened\n\nWhat to do:\n  - look\n  - mend\n\nthe rest');
    expect(message.chatText).toBe('what happened\n\nthe rest');
    expect(message.nextSteps).toEqual(['look', 'mend']);
  });

  test('has no title of next steps that are not there', () => {
    expect(messageOf({ ...parts, nextSteps: [] }).text).toBe('what happened\n\nthe rest');
  });

  test('[F37] stays within what SNS takes, whatever it is made of', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ unit: 'binary', maxLength: 50 }),
        fc.integer({ min: 0, max: 20_000 }),
        (subject, line, count) => {
          const opening = Array.from({ length: count }, () => line);
          const message = messageOf({ ...parts, subject, opening });

          expect(message.subject).toMatch(/^[\x20-\x7e]{0,99}$/);
          expect(Buffer.byteLength(message.text)).toBeLessThan(150_000);
          expect(message.text.isWellFormed()).toBe(true);
        },
      ),
      seeded(50),
    );
  });
});

describe('a text that is too long', () => {
  test('ends after a whole line', () => {
    expect(shortened('one\ntwo\nthree', 12)).toBe('one\ntwo\n...');
    expect(shortened('one\ntwo\nthree', 13)).toBe('one\ntwo\nthree');
  });

  test('of one line ends before an emoji that does not fit, never within it', () => {
    expect(shortened('xxx😀😀😀', 8)).toBe('xxx...');
    expect(shortened('xx😀😀😀', 8)).toBe('xx😀😀😀');
    expect(shortened('xx😀😀😀😀', 8)).toBe('xx😀...');
  });

  test('is never longer than it may be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (text, length) => {
        const short = shortened(text, length);

        expect(short.length).toBeLessThanOrEqual(length);
        expect(short.isWellFormed()).toBe(true);
      }),
      seeded(1000),
    );
  });
});
