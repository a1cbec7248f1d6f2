/**
 * What Google Cloud says of new things and of changes at the same time, which passes by itself. A command that fails with
 * one of these texts is tried again. Each text is told with somebody who has met it, in the public trackers of GitHub.
 */

/** A trouble that passes. */
export interface Trouble {
  readonly why: string;
  /** Parts of its messages, in lower case. */
  readonly says: readonly string[];
  /** Longest wait for it. */
  readonly seconds: number;
  /** Where the text was met. Empty for the names of statuses, which every service has. */
  readonly met: readonly string[];
  /** Whether commands that only look may meet it, too. There, a missing resource is an answer. */
  readonly whenLooking: boolean;
}

const provider = 'hashicorp/terraform-provider-google';

/** All troubles that pass. */
export const TROUBLES: readonly Trouble[] = [
  {
    why: 'settings and indexes of a new database are changed one after the other',
    says: ['underlying data changed', 'cross-transaction contention', 'too much contention'],
    seconds: 300,
    met: [`${provider}#16664`, `${provider}#16329`, `${provider}#16599`],
    whenLooking: false,
  },
  {
    why: 'somebody changes the same rights',
    says: ['concurrent policy changes', 'etag'],
    seconds: 300,
    met: ['pulumi/pulumi-gcp#1028', 'GoogleCloudPlatform/django-cloud-deploy#268'],
    whenLooking: false,
  },
  {
    why: 'something new is not known everywhere yet',
    says: ['does not exist', 'not found', 'not_found', 'already exists'],
    seconds: 240,
    met: [`${provider}#15042`, 'Liscor/terraform_dataform_ga4_pipeline#1'],
    whenLooking: false,
  },
  {
    why: 'rights of a new account are not known everywhere yet',
    says: [
      "'iam.serviceaccounts.actas' denied",
      'could not resolve source',
      'artifactregistry.repositories.',
    ],
    seconds: 420,
    met: [
      'alphagov/govuk-knowledge-graph-gcp#806',
      'DefangLabs/pulumi-defang#115',
      'google-github-actions/deploy-cloudrun#370',
    ],
    whenLooking: false,
  },
  {
    why: 'an API was switched on a moment ago',
    says: [
      'has not been used in project',
      'it is disabled',
      'another activation or deactivation is in progress',
    ],
    seconds: 420,
    met: [`${provider}#11023`, `${provider}#8214`],
    whenLooking: true,
  },
  {
    why: 'a new metric takes up to ten minutes',
    says: ['cannot find metric', 'metric referenced by the provided filter is unknown'],
    seconds: 900,
    met: [`${provider}#11102`, `${provider}#10325`, 'GoogleCloudPlatform/cloud-foundation-fabric#3739'],
    whenLooking: false,
  },
  {
    why: 'a limit for each minute was reached',
    says: [
      'resource_exhausted',
      'ratelimitexceeded',
      'exceeded rate limits',
      'quota exceeded',
      'too many concurrent edits',
    ],
    seconds: 240,
    met: [],
    whenLooking: true,
  },
  {
    why: 'a service does not answer for a moment',
    says: ['unavailable', 'deadline_exceeded', 'internal error', 'aborted', 'connection reset'],
    seconds: 240,
    met: [],
    whenLooking: true,
  },
];

/** The trouble that passes of which a text speaks, the one with the longest wait; undefined when there is none. */
export function troubleIn(text: string, isLook = false): Trouble | undefined {
  const said = text.toLowerCase();
  return TROUBLES.filter(
    ({ says, whenLooking }) => (whenLooking || !isLook) && says.some((part) => said.includes(part)),
  ).toSorted((a, b) => b.seconds - a.seconds)[0];
}

/** The seconds before each further try: longer and longer, up to a minute, until a trouble had its time. */
export function waitsFor({ seconds }: Pick<Trouble, 'seconds'>): number[] {
  const waits: number[] = [];
  for (let wait = 5, left = seconds; left > 0; wait = Math.min(2 * wait, 60)) {
    waits.push(Math.min(wait, left));
    left -= wait;
  }
  return waits;
}
