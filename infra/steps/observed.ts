/** What exists in a project, as far as a deployment sets it. */
import type { ActualTable } from '../../shared/derive/migration.ts';

/** A subscription that exists. */
export interface ObservedSubscription {
  /** Name of its topic; `_deleted-topic_` when the topic was deleted. */
  readonly topic: string;
  readonly endpoint: string;
  readonly audience: string;
  readonly pushAccount: string;
  readonly ackDeadlineSeconds: number;
  readonly backoffSeconds: readonly [min: number, max: number];
  readonly retentionSeconds: number;
  readonly neverExpires: boolean;
  readonly deadLetter: { readonly topic: string; readonly attempts: number } | null;
}

/** A function that exists. */
export interface ObservedFunction {
  readonly labels: Readonly<Record<string, string>>;
  readonly account: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly concurrency: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly timeoutSeconds: number;
  readonly ingress: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Percent of the traffic that the newest revision gets. */
  readonly newestShare: number;
  /** Whether the newest revision became ready. */
  readonly isReady: boolean;
  /** Addresses of the function; empty when gcloud does not tell them. */
  readonly urls: readonly string[];
}

/** A job of Cloud Run that exists. */
export interface ObservedJob {
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly account: string;
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly maxRetries: number;
  readonly tasks: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** A schedule that exists. One that publishes has a topic and a body, one that calls an address has the address and an account. */
export interface ObservedSchedule {
  readonly cron: string;
  readonly zone: string;
  readonly topic: string;
  readonly body: string;
  readonly uri: string;
  readonly account: string;
  readonly isEnabled: boolean;
}

/** A Firestore database that exists. */
export interface ObservedDatabase {
  readonly location: string;
  readonly isNative: boolean;
  /** Whether each moment of the last days can be restored. */
  readonly isRecoverable: boolean;
  readonly hasDailyBackup: boolean;
}

/** A bucket that exists. */
export interface ObservedBucket {
  readonly location: string;
  readonly isPrivate: boolean;
  readonly isVersioned: boolean;
  /** Whether it is of the project that is deployed to. */
  readonly isOwn: boolean;
}

/** A dataset that exists. */
export interface ObservedDataset {
  readonly location: string;
  readonly defaultExpirationDays: number | null;
}

/** A resource whose name was chosen by Google Cloud, with its whole document. */
export interface ObservedDocument {
  readonly resource: string;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Everything that exists in a project. Names are full names, with the prefix. */
export interface Observed {
  readonly apis: ReadonlySet<string>;
  /** E-mail addresses of service accounts. */
  readonly accounts: ReadonlySet<string>;
  /** The rights on the resources that were looked at, as texts of `bindingKey`. */
  readonly bindings: ReadonlySet<string>;
  /** Topics by name, each with the regions in which it may keep messages; empty when it may in all. */
  readonly topics: ReadonlyMap<string, readonly string[]>;
  readonly subscriptions: ReadonlyMap<string, ObservedSubscription>;
  /** The Firestore database; undefined when it does not exist. */
  readonly database: ObservedDatabase | undefined;
  /** Fields that documents expire by, as `collection/field`. */
  readonly ttls: ReadonlySet<string>;
  /** Fields that are not indexed, as `collection/field`. */
  readonly unindexed: ReadonlySet<string>;
  /** Composite indexes, as `collection/field,field`. */
  readonly composites: ReadonlySet<string>;
  readonly datasets: ReadonlyMap<string, ObservedDataset>;
  /** Tables by `dataset.table`. */
  readonly tables: ReadonlyMap<string, ActualTable>;
  /** Queries of views by `dataset.view`. */
  readonly views: ReadonlyMap<string, string>;
  readonly bucket: ObservedBucket | undefined;
  readonly functions: ReadonlyMap<string, ObservedFunction>;
  readonly jobs: ReadonlyMap<string, ObservedJob>;
  readonly schedules: ReadonlyMap<string, ObservedSchedule>;
  readonly metrics: ReadonlyMap<string, ObservedDocument>;
  /** Alert policies by display name. */
  readonly alerts: ReadonlyMap<string, ObservedDocument>;
  /** Dashboards by display name. */
  readonly dashboards: ReadonlyMap<string, ObservedDocument>;
}

/** An empty project. */
export const NOTHING: Observed = {
  apis: new Set(),
  accounts: new Set(),
  bindings: new Set(),
  topics: new Map(),
  subscriptions: new Map(),
  database: undefined,
  ttls: new Set(),
  unindexed: new Set(),
  composites: new Set(),
  datasets: new Map(),
  tables: new Map(),
  views: new Map(),
  bucket: undefined,
  functions: new Map(),
  jobs: new Map(),
  schedules: new Map(),
  metrics: new Map(),
  alerts: new Map(),
  dashboards: new Map(),
};
