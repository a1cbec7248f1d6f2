/** What is told, where it is told, and what is counted of it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../shared/observe/events/index.ts';
import { METRIC_LABELS } from '../../shared/observe/events/event.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const EVENTS_FOLDER = 'shared/observe/events/';
const MAKER = `${EVENTS_FOLDER}event.ts`;

const sources = new Map(
  ['functions', 'shared'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .map((file) => [file, readFileSync(join(root, file), 'utf8')] as const),
  ),
);
const elsewhere = [...sources].filter(([file]) => !file.startsWith(EVENTS_FOLDER));

/** Exported function -> the event it tells of, by what the files of the folder say. */
const tellers = new Map(
  [...sources]
    .filter(([file]) => file.startsWith(EVENTS_FOLDER))
    .flatMap(([, text]) => [...text.matchAll(/export const (\w+) = event<[^>]+>\(\{\s*name: '(\w+)'/g)])
    .map(([, teller = '', name = '']) => [teller, name]),
);

describe('every event', () => {
  it('has one function, and every function one event', () => {
    expect([...tellers.values()].sort()).toEqual(EVENTS.map(({ name }) => name).sort());
    expect(new Set(tellers.values()).size).toBe(EVENTS.length);
    expect(tellers.size).toBe(EVENTS.length);
  });

  it.each([...tellers])('%s is told somewhere', (teller) => {
    const callers = elsewhere.filter(([, text]) => new RegExp(`\\b${teller}\\(`).test(text));
    expect(callers.map(([file]) => file)).not.toEqual([]);
  });

  it('is told by its function only, and nothing else is written', () => {
    const others = [...sources].filter(([file]) => file !== MAKER);
    const freeForm = others.filter(([, text]) =>
      /(?<!\bMath)\.log\(|\blog\(\{|severity: '(DEBUG|INFO|WARNING|ERROR)',\s*event:|\bconsole\./.test(text),
    );
    expect(freeForm.map(([file]) => file)).toEqual([]);
  });

  it('has a stable name, a description, and a place in the page about them', () => {
    const page = readFileSync(join(root, 'docs/observe.md'), 'utf8');
    for (const { name, description } of EVENTS) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(description.length, name).toBeGreaterThan(20);
      expect(page, name).toContain(`\`${name}\``);
    }
  });
});

describe('every metric', () => {
  const metrics = EVENTS.flatMap(({ metrics }) => metrics);

  it('has a name of its own', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    for (const { name } of metrics) expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  it('F-48 is split by few values: never by a date or an id', () => {
    for (const { name, labels } of metrics) {
      expect(labels.length, name).toBeLessThanOrEqual(4);
      for (const label of labels) {
        expect(METRIC_LABELS, name).toContain(label);
        expect(label, name).not.toMatch(/date|id$|ids$|detail|reason/i);
      }
    }
  });

  it('takes a number where it is a distribution, and only there', () => {
    for (const { name, kind, value } of metrics)
      expect(value !== undefined, name).toBe(kind === 'distribution');
  });
});
