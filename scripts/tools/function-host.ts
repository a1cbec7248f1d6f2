/**
 * Serves functions on the loopback address; the functions framework would serve them on all addresses. It is started with
 * the ports of its services as `name=port`. It tells its parent process when it listens, and ends when the parent ends.
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
// Ctrl-C is sent to every process of a terminal. This one ignores it: the parent ends its functions in order.
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
