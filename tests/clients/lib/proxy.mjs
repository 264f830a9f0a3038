import { once } from "node:events";
import net from "node:net";

/** A TCP proxy in this process, whose connections can be cut as a network does it. */
export class Proxy {
  #connections = new Set();
  #server = net.createServer((inner) => this.#connect(inner));
  #target;
  /** Called with a function that cuts each new connection. */
  onConnection = () => {};

  /** A proxy to the server of a URL. */
  static async to(url) {
    const proxy = new Proxy();
    proxy.retarget(url);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** New connections go to this server from now on. */
  retarget(url) {
    const { hostname, port } = new URL(url);
    this.#target = { host: hostname, port: Number(port) };
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  #connect(inner) {
    const outer = net.connect(this.#target);
    const cut = () => {
      inner.destroy();
      outer.destroy();
    };
    this.#connections.add(cut);
    inner.on("close", () => this.#connections.delete(cut));
    for (const [from, to] of [[inner, outer], [outer, inner]]) {
      from.setNoDelay(true);
      from.on("data", (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on("drain", () => from.resume());
      from.on("error", cut);
      // What has arrived is still passed on.
      from.on("close", () => to.destroySoon());
    }
    this.onConnection(cut);
  }

  /** Cuts every connection there is. */
  cut() {
    for (const cut of [...this.#connections]) cut();
  }

  close() {
    this.cut();
    this.#server.close();
  }
}
