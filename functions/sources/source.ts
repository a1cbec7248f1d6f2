/** What a live source declares: what can be asked of it, and how an answer is read. */
import type { Rhythm, Target } from '../../shared/domain/fetch.ts';
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { Season } from '../../shared/domain/season.ts';

/** Says why an answer of a source cannot be read, as a predicate that follows its name: `has no players`. */
export class PayloadFault extends Error {
  override readonly name = 'PayloadFault';
}

/** The answer is sound, and what was asked for is not known yet: the game is not over. */
export class NotYet extends PayloadFault {}

/** A cell as a source file writes it; null is an empty cell. */
export type SourceCell = string | number | boolean | null;

/** One line of a source file by column; what it lacks is empty. */
export type SourceLine = Readonly<Record<string, SourceCell>>;

/** What an answer says, as the lines of one kind of source file. */
export interface Reading {
  readonly kind: FileKind;
  /** In the order of the file. */
  readonly columns: readonly string[];
  readonly lines: readonly SourceLine[];
}

export type { Rhythm, Target };

/** A game as far as a schedule plans it. */
export interface PlannedGame {
  /** Codes of its teams. */
  readonly home: string;
  readonly away: string;
  /** ISO UTC; null when unknown. */
  readonly tipoffAt: string | null;
}

/** One kind of question to a source, such as the box score of a game. */
export interface Endpoint {
  /**
   * What is asked about: a season such as `2023-24`, a game date, a team and a date on which it plays (`BOS-2026-02-11`), the ten
   * digits of a game that may be over, an event that another answer of the source has led to, half past an hour of a date in New
   * York (`2026-02-08-1830`), a game that may be over by its date and teams (`20240410_MEM_CLE`), or a date at a moment
   * (`2024-02-22-20240222T235000Z`), which {@link Endpoint.subjectsAt} chooses.
   */
  readonly about: 'season' | 'date' | 'team' | 'game' | 'event' | 'hour' | 'matchup' | 'moment';
  /**
   * What a question about a date is called that is about the players of its teams alone, such as `2024-01-15_CHI_CLE`. Absent: it is about
   * the date, whoever plays.
   */
  readonly aboutTeams?: (date: GameDate, teams: readonly string[]) => string;
  /** The moments of a date that it is asked about; only with `about` moment. */
  readonly subjectsAt?: (date: GameDate, now: Date) => readonly string[];
  /**
   * Asked only when another kind of question of the source was answered just before, or only when it was not: what its answer
   * lacks, or what stands in for it.
   */
  readonly after?: { readonly endpoint: string; readonly isAnswered: boolean };
  /** `pdf` for answers that are PDFs: `read` gets their text as `asPdfText` takes it. Others are JSON. */
  readonly format?: 'pdf';
  /** The kinds of source files that an answer stands for; none for one that only leads to other questions. */
  readonly fills: readonly FileKind[];
  /** What of a date it helps to know, and the place of this source in the order in which sources are asked for that; 1 is first. */
  readonly targets: Readonly<Partial<Record<Target, number>>>;
  readonly rhythm: Rhythm;
  /** Set where only the schedule of fetches asks it: a person who asks once is told by another kind of question. */
  readonly isScheduledOnly?: true;
  /**
   * Hours for which an answer about a moment stands. After the first one of a date it is asked again only in the hour before a tip-off,
   * when the last answer is so old or older. Absent: it is asked each time.
   */
  readonly standsHours?: number;
  /**
   * For a large answer about a season: for so many days it is not asked for again in a morning when another kind of question has the same
   * games of the date.
   */
  readonly confirmedBy?: {
    readonly endpoint: string;
    readonly days: number;
    /** @throws PayloadFault when the answer has another shape */
    readonly gamesIn: (document: unknown, date: string) => readonly PlannedGame[];
  };
  /** Set for a large answer that is asked for in the morning alone, and not again after each wave of games. */
  readonly oncePerDay?: true;
  /** The path of the question below the address of the source, without a key. */
  readonly path: (subject: string) => string;
  /** Another path under which the same may be; it is asked when there is nothing under the first. */
  readonly otherPath?: (subject: string) => string;
  /** Whether the source answers about it on a day at all. */
  readonly covers: (subject: string, today: GameDate) => boolean;
  /** The season of an answer, by what was asked about; undefined when nothing is called so. */
  readonly seasonOf: (subject: string) => Season | undefined;
  /**
   * What an answer says.
   * @param document the parsed JSON, or the text of a PDF
   * @param subject what was asked about
   * @throws NotYet when what was asked for is not known yet
   * @throws PayloadFault when it has another shape, speaks of something else, or says nothing where something must be said
   */
  readonly read: (document: unknown, subject: string) => readonly Reading[];
  /**
   * The part of the question that asks for the page after this one, such as `cursor=25`; undefined on the last page. An answer of
   * several pages is kept as `{"pages":[...]}`, and `read` gets all of them at once. Absent where answers have one page.
   */
  readonly nextPage?: (page: unknown) => string | undefined;
  /**
   * The events that are asked about next.
   * @throws PayloadFault when the answer has another shape
   */
  readonly leadsTo?: (document: unknown, subject: string, now: Date) => readonly string[];
  /**
   * When the games of the events begin that are asked about next. Where few credits are left, only an event that begins soon is
   * asked about.
   * @throws PayloadFault when the answer has another shape
   */
  readonly startsOf?: (document: unknown, subject: string, now: Date) => ReadonlyMap<string, Date>;
  /** What a question costs of what has been paid; absent where questions cost nothing. */
  readonly credits?: number;
  /**
   * How many questions other answers lead to, for the price of a plan; absent where that is seldom any.
   * @param games of the date
   */
  readonly usually?: (games: number, date: GameDate, today: GameDate) => number;
}

/** A live source. */
export interface Source {
  /** As it is called in names of files, in `source` of raw rows and on the command line: `nba_cdn`. */
  readonly name: string;
  /** The variable that holds the key of the operator, and the parameter or header that carries it; absent where no key is needed. */
  readonly key?: { readonly variable: string } & (
    | { readonly parameter: string; readonly header?: undefined }
    | { readonly header: string; readonly parameter?: undefined }
  );
  /** Whether its answers were compared with real ones. One that is not stops at the first surprise. */
  readonly proven: boolean;
  /** Set when it is asked only with an address or headers of the operator: it does not answer from everywhere. */
  readonly needsConfiguration?: true;
  /** Scheme and host. */
  readonly address: string;
  /** Seconds between two questions about the same kind of thing, at least. */
  readonly secondsBetween: number;
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /**
   * Credits that are kept for the lines just before tip-off, where the operator does not say otherwise; absent where questions cost
   * nothing.
   */
  readonly creditsFloor?: number;
  /** Credits that the readings of one date should cost at most; a first look at what costs more is left out. Absent: no bound. */
  readonly creditsADay?: number;
  /** Whether its host answers 403 for what is not there yet, with whatever page. */
  readonly isForbiddenNotYet?: boolean;
  /**
   * An answer without what it repeats of the question, and must not be archived. The key is taken out of every answer in any case.
   * @param document the parsed JSON
   */
  readonly redact?: (document: unknown) => unknown;
  /** A finished game that is asked about once a day, to see whether the source still says what it said. */
  readonly canary?: Canary;
}

/** A question about a known finished game, and what its answer says. */
export interface Canary {
  readonly endpoint: string;
  readonly subject: string;
  /** The columns of the lines that are compared. Others may come and go as more of an answer is read. */
  readonly columns: readonly string[];
  /** Hash of these columns, as `hashOfLines` makes it; absent where the first answer counts. */
  readonly hash?: string;
}
