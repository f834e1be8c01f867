import { createServer, type Server, type Socket } from "node:net";

export interface RawServer {
  readonly origin: string;
  readonly port: number;
  /** connections accepted so far */
  readonly sockets: number;
  /** requests whose blank line was seen */
  readonly requests: readonly string[];
}

/**
 * A TCP server on loopback that does to a connection what a test says: `onRequest` runs when the head of a request is
 * there, `onConnection` at once. Closed with the test.
 */
export async function openRawServer(
  atEnd: (close: () => Promise<void>) => void,
  act: { onConnection?: (socket: Socket) => void; onRequest?: (socket: Socket, head: string) => void },
): Promise<RawServer> {
  const open = new Set<Socket>();
  const requests: string[] = [];
  let sockets = 0;
  const server: Server = createServer((socket) => {
    sockets += 1;
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
    act.onConnection?.(socket);
    let head = "";
    socket.on("data", (piece) => {
      head += piece.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      requests.push(head);
      act.onRequest?.(socket, head);
      head = "";
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    requests,
    get sockets() {
      return sockets;
    },
  };
}
