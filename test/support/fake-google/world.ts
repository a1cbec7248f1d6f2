/** What the fake APIs hold and how they are asked. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export type Fields = { readonly [name: string]: Json };

export interface Recorded {
  readonly method: string;
  /** First label of the host before `.test`: `run`, also for `us-central1-run.test`. */
  readonly api: string;
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Json;
}

export interface World {
  readonly project: string;
  readonly projectNumber: string;
  /** By API and name: `cloudscheduler projects/p/locations/r/jobs/j`. */
  readonly resources: Map<string, Json>;
  /** Policies by API and resource. */
  readonly policies: Map<string, Json>;
  /** File with the description of the BigQuery API that `bq` asks for. */
  bigQueryDiscovery: string | undefined;
  /** Uploaded files by `bucket/name`. */
  readonly uploads: Map<string, Buffer>;
  counter: number;
}

export interface Asked {
  readonly world: World;
  readonly request: Recorded;
  /** What the groups of the route's path matched. */
  readonly parts: readonly string[];
  readonly url: URL;
}

export type Answer =
  | { readonly body: Json }
  | { readonly status: number; readonly body: Json; readonly headers?: Readonly<Record<string, string>> };

export interface Route {
  readonly api: string;
  readonly method: string;
  readonly path: RegExp;
  readonly answer: (asked: Asked) => Answer | Promise<Answer>;
}

/** The fields of an object; none for what is no object. */
export function fieldsOf(value: Json | undefined): Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};
}

/** A text; the empty one for what is none. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
