/** The viewer of process pictures. Imported lazily by islands only: it is several times as large as everything else. */
export { default } from "bpmn-js/lib/NavigatedViewer";
