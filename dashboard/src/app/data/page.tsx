import { QualityView } from "./QualityView";

export default function DataPage() {
  return <QualityView />;
}
