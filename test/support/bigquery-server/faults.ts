/** What goes wrong on purpose: a list of faults, each for the next request or job that fits, taken once. */

export type Fault =
  /** The request is answered with this error and not looked at. */
  | {
      readonly at: 'request';
      readonly fits: (method: string, path: string) => boolean;
      readonly status: number;
      readonly reason: string;
    }
  /** The request is carried out, and the connection closed without an answer. */
  | { readonly at: 'answer'; readonly fits: (method: string, path: string) => boolean }
  /** The job fails with this error before its statement of that number (from 0), which rolls its transaction back. */
  | {
      readonly at: 'job';
      readonly fits: (jobId: string) => boolean;
      readonly before: number;
      readonly reason: string;
      readonly message: string;
    }
  /** The job is over only after it was asked for so many times. */
  | { readonly at: 'lag'; readonly fits: (jobId: string) => boolean; readonly looks: number };

type FaultAt<At extends Fault['at']> = Fault & { readonly at: At };

export interface Faults {
  readonly add: (fault: Fault) => void;
  /** The next fault of that kind that fits, which is used up. */
  readonly take: <At extends Fault['at']>(
    at: At,
    ...by: Parameters<FaultAt<At>['fits']>
  ) => FaultAt<At> | undefined;
  /** Faults that nothing has met. */
  readonly left: () => number;
}

export function makeFaults(): Faults {
  const faults: Fault[] = [];
  return {
    add: (fault) => void faults.push(fault),
    take: <At extends Fault['at']>(at: At, ...by: Parameters<FaultAt<At>['fits']>) => {
      const i = faults.findIndex(
        (fault) => fault.at === at && (fault.fits as (...given: unknown[]) => boolean)(...by),
      );
      return i < 0 ? undefined : (faults.splice(i, 1)[0] as FaultAt<At>);
    },
    left: () => faults.length,
  };
}
