/** What is found in a project, in as far as a deployment sets it. */
import type { ActualTable } from '../../shared/derive/migration.ts';

export interface ObservedSubscription {
  /** Bare name; `_deleted-topic_` when the topic is gone. */
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
  /** Share of the traffic that the newest revision has, in percent. */
  readonly newestShare: number;
  /** Whether the newest revision that was made is the one that serves. */
  readonly isReady: boolean;
  /** Addresses under which it can be called, where they are told. */
  readonly urls: readonly string[];
}

export interface ObservedJob {
  readonly cron: string;
  readonly zone: string;
  readonly topic: string;
  readonly body: string;
  readonly isEnabled: boolean;
}

export interface ObservedDataset {
  readonly location: string;
  readonly defaultExpirationDays: number | null;
}

/** A thing that is found under a name that Google Cloud gave it, with the whole of its document. */
export interface ObservedDocument {
  readonly resource: string;
  readonly document: Readonly<Record<string, unknown>>;
}

export interface Observed {
  readonly apis: ReadonlySet<string>;
  /** E-mail addresses. */
  readonly accounts: ReadonlySet<string>;
  /** Keys of the rights that are there, of those things whose rights were looked at. */
  readonly bindings: ReadonlySet<string>;
  readonly topics: ReadonlySet<string>;
  readonly subscriptions: ReadonlyMap<string, ObservedSubscription>;
  /** Location of the database; undefined when there is none. */
  readonly database: { readonly location: string } | undefined;
  /** `collection/field`. */
  readonly ttls: ReadonlySet<string>;
  readonly unindexed: ReadonlySet<string>;
  /** `collection/field,field`. */
  readonly composites: ReadonlySet<string>;
  readonly datasets: ReadonlyMap<string, ObservedDataset>;
  /** By `dataset.table`. */
  readonly tables: ReadonlyMap<string, ActualTable>;
  /** By `dataset.view`: its query. */
  readonly views: ReadonlyMap<string, string>;
  readonly bucket: { readonly location: string; readonly isPrivate: boolean } | undefined;
  readonly functions: ReadonlyMap<string, ObservedFunction>;
  readonly jobs: ReadonlyMap<string, ObservedJob>;
  readonly metrics: ReadonlyMap<string, ObservedDocument>;
  /** By display name. */
  readonly alerts: ReadonlyMap<string, ObservedDocument>;
  readonly dashboards: ReadonlyMap<string, ObservedDocument>;
}

/** A project in which nothing is there yet. */
export const NOTHING: Observed = {
  apis: new Set(),
  accounts: new Set(),
  bindings: new Set(),
  topics: new Set(),
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
  metrics: new Map(),
  alerts: new Map(),
  dashboards: new Map(),
};
