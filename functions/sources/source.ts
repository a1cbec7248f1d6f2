/** What a live source declares: what can be asked of it, and how an answer is read. */
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import type { Season } from '../../shared/domain/season.ts';

/** Says why an answer of a source cannot be read, as a predicate that follows its name: `has no players`. */
export class PayloadFault extends Error {
  override readonly name = 'PayloadFault';
}

/** A cell as a source file writes it; null is an empty cell. */
export type SourceCell = string | number | boolean | null;

/** What an answer says, as the lines of one kind of source file. */
export interface Reading {
  readonly kind: FileKind;
  /** Each line by column. All lines have the same columns in the same order. */
  readonly lines: readonly Readonly<Record<string, SourceCell>>[];
}

/** One kind of question to a source, such as the box score of a game. */
export interface Endpoint {
  /** What an answer is, for a person: `box score`. */
  readonly title: string;
  /** The kinds of source files that an answer stands for. */
  readonly fills: readonly FileKind[];
  /** The season of an answer, by what was asked for; undefined when nothing is called so. */
  readonly seasonOf: (subject: string) => Season | undefined;
  /**
   * What an answer says.
   * @param document the parsed JSON
   * @param subject what was asked for, such as a game or a season
   * @throws PayloadFault when it has another shape, speaks of something else, or says nothing where something must be said
   */
  readonly read: (document: unknown, subject: string) => readonly Reading[];
}

/** A live source. */
export interface Source {
  /** As it is called in names of files, in `source` of raw rows and on the command line: `nba_cdn`. */
  readonly name: string;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
}
