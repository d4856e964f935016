import { LiveView } from "./live/LiveView";

/** Where the login ends. */
export default function Home() {
  return <LiveView />;
}
