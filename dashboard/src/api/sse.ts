/** One server-sent event, as it stands on the wire. */
export interface Frame {
  id: string | null;
  event: string;
  data: string;
}

/** Cuts text that comes in pieces into events; comments and unknown fields are left out.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class FrameReader {
  private rest = "";
  private id: string | null = null;
  private event = "";
  private lines: string[] = [];

  /** Take a piece; give the events that it completes. */
  push(text: string): Frame[] {
    const parts = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = parts.pop() ?? "";
    const found: Frame[] = [];
    for (const line of parts) {
      if (line !== "") this.field(line);
      else if (this.lines.length > 0) found.push(this.close());
      else this.event = "";
    }
    return found;
  }

  private field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") this.lines.push(value);
    else if (name === "event") this.event = value;
    else if (name === "id") this.id = value;
  }

  private close(): Frame {
    const frame = { id: this.id, event: this.event || "message", data: this.lines.join("\n") };
    this.id = null;
    this.event = "";
    this.lines = [];
    return frame;
  }
}
