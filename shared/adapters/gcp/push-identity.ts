/** Who pushes: the second look at the token that Pub/Sub signs, behind the platform's own. */
import type { OAuth2ClientOptions } from 'google-auth-library';

/** The account whose token is accepted, and for whom it must have been made out. */
export interface ExpectedPusher {
  readonly account: string;
  readonly audience: string;
}

/**
 * Looks at the `Authorization` header of a push.
 * @param endpoints where Google's public keys are, when not where they are by default
 * @throws when the keys cannot be had now
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
    // Fetched apart, so that keys that cannot be had are not taken for a token that is wrong.
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
