/**
 * Serves functions on the loopback address, as the functions framework serves deployed ones on all of them. Started with
 * the ports of its services as `name=port`; tells its parent when it listens and ends with it, however that ends.
 */
import type { AddressInfo } from 'node:net';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { endInOrder } from '../../functions/edge/push.ts';
import '../../functions/index.ts';

const wanted = process.argv.slice(2).map((text) => {
  const [name = '', port = '0'] = text.split('=');
  return { name, port: Number(port) };
});

process.on('disconnect', () => process.exit());
// Ctrl-C reaches every process of a terminal; the parent decides when its functions end.
process.on('SIGINT', () => undefined);
endInOrder();

const listening = await Promise.all(
  wanted.map(
    ({ name, port }) =>
      new Promise<[string, number]>((resolve, reject) => {
        const server = getTestServer(name);
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve([name, (server.address() as AddressInfo).port]));
      }),
  ),
);
process.send?.({ listening: Object.fromEntries(listening) });
