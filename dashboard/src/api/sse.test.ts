import { expect, it } from "vitest";
import { FrameReader } from "./sse";

const text =
  ': hello\n\nid: 7\nevent: account\ndata: {"a":1}\n\nretry: 5\ndata: x\ndata: y\r\n\r\nid: 8\n\n';

it("gives the same events wherever the text is cut", () => {
  const whole = [
    { id: "7", event: "account", data: '{"a":1}' },
    { id: null, event: "message", data: "x\ny" },
  ];
  for (let cut = 0; cut <= text.length; cut += 1) {
    const reader = new FrameReader();
    const found = [...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut))];
    expect(found).toEqual(whole);
  }
});
