import { expect, it } from "vitest";
import { changed } from "./url";

it("changes one value and leaves the others", () => {
  expect(changed("?a=1&b=2", { b: "3" })).toBe("?a=1&b=3");
  expect(changed("?a=1", { a: "" })).toBe("");
  expect(changed("", { id: "a/b c" })).toBe("?id=a%2Fb+c");
});
