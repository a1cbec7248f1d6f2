/** The second look at who pushes, with tokens signed by keys of a local server in the place of Google's. */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushIdentity } from '../../shared/adapters/gcp/push-identity.ts';

const ACCOUNT = 'nba-push@demo-fullcourt.iam.gserviceaccount.com';
const AUDIENCE = 'https://nba-sweep-123.us-central1.run.app';
const known = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function token(claims: object = {}, key: KeyObject = known.privateKey): string {
  const now = Math.floor(Date.now() / 1000);
  const signed = `${base64({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${base64({
    iss: 'https://accounts.google.com',
    aud: AUDIENCE,
    email: ACCOUNT,
    email_verified: true,
    iat: now,
    exp: now + 3600,
    ...claims,
  })}`;
  return `Bearer ${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`;
}

describe('the identity of a pusher', () => {
  let server: Server;
  let asked = 0;
  let verify: ReturnType<typeof pushIdentity>;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      asked += 1;
      response.setHeader('content-type', 'application/json');
      response.setHeader('cache-control', 'public, max-age=3600');
      response.end(JSON.stringify({ k1: known.publicKey.export({ type: 'spki', format: 'pem' }) }));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    verify = pushIdentity(
      { account: ACCOUNT, audience: AUDIENCE },
      keysAt((server.address() as AddressInfo).port),
    );
  });
  afterAll(() => server.close());

  it('is accepted when Google has signed for this account and this function', async () => {
    expect(await verify(token())).toBe('accepted');
  });

  it.each([
    ['there is no token', undefined],
    ['there is another kind of credentials', 'Basic dXNlcjpwYXNz'],
    ['the token is none', 'Bearer nonsense'],
    ['somebody else has signed it', token({}, stranger.privateKey)],
    ['it is for another function', token({ aud: 'https://nba-dead-letter-123.us-central1.run.app' })],
    ['it is of another account', token({ email: 'somebody@demo-fullcourt.iam.gserviceaccount.com' })],
    ['the address has not been verified', token({ email_verified: false })],
    ['it is of another issuer', token({ iss: 'https://example.com' })],
    ['it is over', token({ iat: 1_700_000_000, exp: 1_700_003_600 })],
    ['nothing of it is signed', `${token().split('.').slice(0, 2).join('.')}.`],
  ])('is refused when %s', async (_why, authorization) => {
    expect(await verify(authorization)).toEqual({ refused: expect.any(String) as string });
  });

  it('does not ask for the keys with every message', () => {
    expect(asked).toBe(1);
  });

  it('is not decided while the keys cannot be had', async () => {
    const unreachable = createServer();
    await new Promise<void>((resolve) => {
      unreachable.listen(0, '127.0.0.1', resolve);
    });
    const { port } = unreachable.address() as AddressInfo;
    await new Promise((resolve) => unreachable.close(resolve));
    const cut = pushIdentity({ account: ACCOUNT, audience: AUDIENCE }, keysAt(port));
    await expect(cut(token())).rejects.toThrow(/ECONNREFUSED|fetch/i);
  });
});

function keysAt(port: number): Parameters<typeof pushIdentity>[1] {
  return { oauth2FederatedSignonPemCertsUrl: `http://127.0.0.1:${port}/certs` };
}
