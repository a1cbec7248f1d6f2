/** Reads flags that name phases, tables, files or one of several words. */
import { readFileSync } from 'node:fs';
import { RequestError } from '../../shared/domain/failure.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { PHASES, type Phase } from '../../shared/domain/table.ts';
import { tableNamed } from '../../shared/domain/table-named.ts';
import { whyUnread } from './unread.ts';

/** A phase, written `phase4` or `4`. @throws RequestError for anything else */
export function phaseOption(flag: string, text: string | undefined): Phase | undefined {
  if (text === undefined) return undefined;
  const found = PHASES.find((phase) => phase === text || phase === `phase${text}`);
  if (found === undefined)
    throw new RequestError(`${flag} must be one of ${PHASES.join(', ')}, not "${text}"`, { flag });
  return found;
}

/** Which whole numbers a flag takes. */
interface Allowed {
  readonly least?: number;
  readonly most?: number;
  /** What 0 stands for, such as `all`. */
  readonly zero?: string;
}

/** A whole number, written in digits. @throws RequestError that names the flag, what was typed and what is allowed */
export function numberOption(flag: string, text: string, { least, most, zero }: Allowed = {}): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= (least ?? value) && value <= (most ?? value)) return value;
  const range = `${least === undefined ? '' : ` from ${least}`}${most === undefined ? '' : ` to ${most}`}`;
  const meaning = zero === undefined ? '' : ` (0 for ${zero})`;
  throw new RequestError(`${flag} must be a whole number${range}${meaning}, not "${text}"`, { flag });
}

/** One of some words. @throws RequestError for any other */
export function chosenOption<Word extends string>(
  flag: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  const found = words.find((word) => word === text);
  if (text !== undefined && found === undefined)
    throw new RequestError(`${flag} must be one of ${words.join(', ')}, not "${text}"`, { flag });
  return found;
}

/** A table by its name or its name in queries. @throws RequestError with the nearest name when there is none */
export function tableOption(flag: string, text: string, registry: Registry): string {
  try {
    return tableNamed(registry, text);
  } catch (error) {
    throw ofFlag(flag, error);
  }
}

/** An error about the value of a flag, which names the flag when it is a refusal. */
export function ofFlag(flag: string, error: unknown): unknown {
  return error instanceof RequestError ? new RequestError(`${flag}: ${error.message}`, { flag }) : error;
}

/** Tables separated by commas, each once. @throws RequestError with the nearest name for one that does not exist */
export function tablesOption(flag: string, text: string, registry: Registry): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new RequestError(`${flag} names no table`, { flag });
  return [...new Set(names.map((name) => tableOption(flag, name, registry)))];
}

/** What stands in the file of a flag; `-` is what comes in on stdin. @throws RequestError when it cannot be read */
export function fileOption(flag: string, path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new RequestError(`${flag}: ${path} cannot be read: ${whyUnread(error)}`, { flag });
  }
}
