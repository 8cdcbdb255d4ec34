"""The end of a run: results, report, workbook, contact sheet, mails, and the step Finish."""
