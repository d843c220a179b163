import type { ReportData } from "../report-data.ts";

/** Written into the page by the same version of this package. */
export function readReportData(): ReportData {
  return JSON.parse(document.getElementById("report-data")?.textContent ?? "") as ReportData;
}
