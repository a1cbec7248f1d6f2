/** Reads the newest version of a secret of Secret Manager. */

/** Where Secret Manager answers. */
const ADDRESS = 'https://secretmanager.googleapis.com';

/**
 * The text of a secret; undefined when there is no such secret, or it has no version.
 * @param request asks an address of Google with the login of the process; replaced in tests
 * @throws Error when it may not be read, or Secret Manager does not answer; the text is in no message
 */
export async function secretText(
  project: string,
  name: string,
  request: GoogleRequest = googleRequest,
): Promise<string | undefined> {
  const { status, document } = await request(
    `${ADDRESS}/v1/projects/${project}/secrets/${name}/versions/latest:access`,
  );
  if (status === 404) return undefined;
  if (status === 403)
    throw new Error(
      `The secret ${name} may not be read: deploy again with fullcourt deploy, which gives the right`,
    );
  const data = (document as { readonly payload?: { readonly data?: unknown } } | null)?.payload?.data;
  if (status !== 200 || typeof data !== 'string')
    throw new Error(`The secret ${name} could not be read (${status})`);
  return Buffer.from(data, 'base64').toString('utf8');
}

/** Asks an address of Google. It never throws for an answer, whatever its status. */
export type GoogleRequest = (url: string) => Promise<{ readonly status: number; readonly document: unknown }>;

const googleRequest: GoogleRequest = async (url) => {
  const { GoogleAuth } = await import('google-auth-library');
  const auth = new GoogleAuth({ scopes: 'https://www.googleapis.com/auth/cloud-platform' });
  const { status, data } = await auth.request<unknown>({ url, validateStatus: () => true });
  return { status, document: data };
};
