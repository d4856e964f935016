// `npm run dev`: Next's development server and the API behind one origin, as in production.
// The API takes changes from pages of its own origin alone, so the browser's is translated.
import { spawn } from "node:child_process";
import http from "node:http";
import net from "node:net";

const port = Number(process.env.PORT ?? 3000);
const api = new URL(process.env.CAMBIO_API ?? "http://127.0.0.1:8003");
const next = new URL(`http://127.0.0.1:${port + 1}`);
const OF_API = /^\/(v1\/|login|healthz|readyz|metrics|openapi\.json)/;

const child = spawn("npx", ["next", "dev", "--hostname", "127.0.0.1", "--port", next.port], {
  stdio: "inherit",
  env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
});

const server = http.createServer((request, response) => {
  const isApi = OF_API.test(request.url ?? "");
  const target = isApi ? api : next;
  const headers = { ...request.headers, host: target.host };
  if (isApi && headers.origin) headers.origin = api.origin;
  const forward = http.request(target, { method: request.method, path: request.url, headers });
  forward.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  forward.on("error", (error) => {
    if (response.headersSent) return response.destroy();
    response.writeHead(502).end(`${target.host}: ${error.message}\n`);
  });
  response.on("close", () => forward.destroy());
  request.pipe(forward);
});
server.on("upgrade", (request, socket, head) => {
  const upstream = net.connect(Number(next.port), next.hostname, () => {
    const lines = request.rawHeaders.flatMap((name, i, all) =>
      i % 2 ? [] : `${name}: ${all[i + 1]}`,
    );
    upstream.write(`GET ${request.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  });
  for (const end of [socket, upstream]) end.on("error", () => end.destroy());
});
server.listen(port, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${port}, the API at ${api.origin}`),
);

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    child.kill(signal);
    process.exit(0);
  });
}
child.on("exit", (code) => process.exit(code ?? 1));
