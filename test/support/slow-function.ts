/** A function whose handler takes a second, served as the functions framework serves a deployed one. */
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { registerService } from '../../functions/targets/cloud/function.ts';

registerService('nba-sweep', () =>
  Promise.resolve({
    context: undefined as never,
    handle: async ({ messageId }) => {
      console.log('working');
      // Comes after the function's own listener, which has closed the door by then.
      process.once('SIGTERM', () => console.log('told to end'));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      console.log(`handled ${messageId}`);
      return { kind: 'ack' };
    },
  }),
);
// What the framework installs when it begins to listen: it answers the work under way with an error and exits at once.
process.on('SIGTERM', () => process.exit(1));
const server = getTestServer('nba-sweep').listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening ${typeof address === 'object' ? address?.port : ''}`);
});
