/** The login with which a command reaches Google Cloud. */

/** The command that logs in. */
const LOGIN = 'gcloud auth application-default login';

/**
 * Looks for a login before any client is opened. A client that finds none ends the process from within.
 * @returns what to do when there is none, in words; undefined when there is one
 */
export async function lackOfLogin(): Promise<string | undefined> {
  const { GoogleAuth } = await import('google-auth-library');
  try {
    await new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' }).getClient();
    return undefined;
  } catch (error) {
    return `there is no login for Google Cloud on this machine: run ${LOGIN} (${firstLine(error)})`;
  }
}

/** What a person can do about an error of Google's clients; undefined where the error says it. */
export function adviceFor(error: unknown, database: string): string | undefined {
  const text = error instanceof Error ? error.message : String(error);
  if (/default credentials|invalid_grant|invalid_rapt|unauthenticated|reauth/i.test(text))
    return `the login for Google Cloud is not there or is over: run ${LOGIN}`;
  if (/The database .* does not exist/i.test(text))
    return `the project has no database ${database}: deploy first (fullcourt deploy), or name that of the deployment with FULLCOURT_DATABASE (an early one has FULLCOURT_DATABASE='(default)')`;
  return undefined;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
