/** Asks a server on the internet one question. */

export interface HttpQuestion {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came of a question. Never an error: whatever a server does is an answer, or the lack of one. */
export type HttpAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** By name in small letters. */
      readonly headers: Readonly<Record<string, string>>;
      /** Unpacked. */
      readonly body: Uint8Array;
      readonly seconds: number;
    }
  | {
      readonly kind: 'nothing';
      /**
       * `unreachable`: no connection. `hung`: a connection, and no whole answer in time. `broken`: the connection ended, or the
       * answer cannot be unpacked. `too_large`: more bytes than are taken.
       */
      readonly why: 'unreachable' | 'hung' | 'broken' | 'too_large';
      readonly seconds: number;
    };

export interface Http {
  readonly ask: (question: HttpQuestion) => Promise<HttpAnswer>;
}
