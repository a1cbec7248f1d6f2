/** Checks the token of a push, which Pub/Sub signs. Cloud Run has checked the token before. */
import type { OAuth2ClientOptions } from 'google-auth-library';

/** The account whose token is accepted, and the audience that the token must name. */
export interface ExpectedPusher {
  readonly account: string;
  readonly audience: string;
}

/**
 * Makes a function that checks the `Authorization` header of a push.
 * @param endpoints addresses of Google's public keys, in place of the default ones
 * @throws Error, from the function, when the keys cannot be fetched
 */
export function pushIdentity(
  expected: ExpectedPusher,
  endpoints?: OAuth2ClientOptions['endpoints'],
): (authorization: string | undefined) => Promise<'accepted' | { readonly refused: string }> {
  let client: Promise<import('google-auth-library').OAuth2Client> | undefined;
  return async (authorization) => {
    const token = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { refused: 'a push needs a token' };
    client ??= import('google-auth-library').then(
      ({ OAuth2Client }) => new OAuth2Client(endpoints === undefined ? {} : { endpoints }),
    );
    const known = await client;
    // The keys are fetched outside of `try`: when that fails, the token is not refused as wrong.
    const { certs } = await known.getFederatedSignonCertsAsync();
    try {
      const ticket = await known.verifySignedJwtWithCertsAsync(token, certs, expected.audience, [
        'https://accounts.google.com',
        'accounts.google.com',
      ]);
      const { email, email_verified: isVerified } = ticket.getPayload() ?? {};
      return email === expected.account && isVerified === true
        ? 'accepted'
        : { refused: 'the token is of another account' };
    } catch {
      return { refused: 'the token is not valid here' };
    }
  };
}
