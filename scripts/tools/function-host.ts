/**
 * The process that serves functions of the emulator target. It uses the functions framework, as deployed
 * functions do, but listens only on the loopback address. Its arguments are `name=port` for each service; with port 0 it
 * listens on one that is free. It sends its parent a message with the ports when it listens, and ends when its parent ends,
 * even by a kill.
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
// Ctrl-C reaches all processes of a terminal. This one ignores it, because its parent ends it in order.
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
