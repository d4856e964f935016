import { ModelsView } from "./ModelsView";

export default function ModelsPage() {
  return <ModelsView />;
}
