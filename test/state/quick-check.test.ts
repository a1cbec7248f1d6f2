/** A document that passes the quick check is one that its schema accepts. */
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { partitionStates } from '../../shared/state/documents.ts';
import { quickCheckOf } from '../../shared/state/quick-check.ts';
import { partition } from '../support/partitions.ts';

const schema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('ready'),
    rows: z.int(),
    names: z.array(z.string()).readonly(),
    gate: z
      .object({ verdict: z.enum(['pass', 'blocked']), retryAt: z.string().exactOptional() })
      .readonly()
      .nullable(),
    few: z.int().min(1).optional(),
    short: z.string().max(3).optional(),
    mail: z.email().optional(),
    any: z.custom<string>((value) => value === 'x').optional(),
    counts: z.record(z.string(), z.int()).optional(),
    strict: z.strictObject({ a: z.string() }).optional(),
    flag: z.boolean().optional(),
    isOn: z.boolean(),
    none: z.null(),
    ratio: z.number(),
    small: z.int32().optional(),
    one: z.xor([z.string(), z.literal('pass')]).optional(),
  }),
  z.object({ status: z.enum(['failed', 'lost']), reason: z.string() }),
]);

const sound = {
  ...{ status: 'ready', rows: 3, names: ['a'], gate: { verdict: 'pass' }, few: 1, short: 'abc' },
  ...{ mail: 'a@b.org', any: 'x', counts: { a: 1 }, strict: { a: 'b' }, flag: true, one: 'x' },
  ...{ isOn: false, none: null, ratio: 0.5, small: 7 },
};
const odd = fc.constantFrom<unknown>(
  ...[
    undefined,
    null,
    0,
    0.5,
    1,
    2 ** 60,
    NaN,
    Infinity,
    '',
    'abcd',
    'pass',
    'failed',
    'lost',
    true,
    [],
    [1],
    {},
  ],
  ...[{ a: 1 }, { a: 'b', c: 1 }, { verdict: 'pass', retryAt: undefined }, { verdict: 'no' }],
);

describe('the quick check', () => {
  it('says yes to nothing that the schema refuses', () => {
    const check = quickCheckOf(schema);
    expect(check(sound)).toBe(true);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(sound), 'reason', 'other'), odd, { maxKeys: 3 }),
        (changes) => {
          const value = { ...sound, ...changes };
          if (check(value)) expect(schema.safeParse(value).error).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it.each([null, undefined, 'text', 1, [], [sound], {}])('says no to %j', (value) => {
    expect(quickCheckOf(schema)(value)).toBe(false);
  });

  it('asks the schema only where it knows no better', () => {
    const told = z.discriminatedUnion('status', [
      z.object({ status: z.literal('ready'), rows: z.int(), names: z.array(z.string()).readonly() }),
      z.object({
        status: z.enum(['failed', 'lost']),
        by: z.string().nullable(),
        isOpen: z.boolean(),
        share: z.number().nullable(),
        until: z.null(),
        at: z.string().exactOptional(),
      }),
    ]);
    const asked = vi.spyOn(Reflect.get(told, '_zod'), 'run');
    expect(quickCheckOf(told)({ status: 'ready', rows: 1, names: ['a'] })).toBe(true);
    expect(quickCheckOf(told)({ status: 'lost', by: null, isOpen: true, share: 0.5, until: null })).toBe(
      true,
    );
    expect(asked).not.toHaveBeenCalled();
    const refined = z.string().refine((text) => text !== 'no');
    expect(quickCheckOf(z.object({ a: refined }))({ a: 'no' })).toBe(false);
    expect(quickCheckOf(z.object({ a: z.string() }).refine(() => false))({ a: 'yes' })).toBe(false);
    expect(
      quickCheckOf(
        z
          .object({ a: z.string() })
          .readonly()
          .refine(() => false),
      )({ a: 'yes' }),
    ).toBe(false);
  });

  it('leads to the same answers about states of partitions', () => {
    const state = partition({ status: 'success' });
    expect(partitionStates.problemOf(state)).toBeUndefined();
    expect(partitionStates.problemOf({ ...state, rows: 'many' })).toContain('rows');
    expect(partitionStates.problemOf({ ...state, status: 'odd' })).toContain('status');
    expect(partitionStates.problemOf({ ...state, accepted: undefined })).toContain('accepted');
  });
});
