package convert_test

import (
	"html"
	"slices"
	"strings"
	"testing"
)

const python = `import time

class Timer:
    """Counts."""

    @property
    def start(self):
        return 1

    def stop(self):
        return 2
`

// What documents for Sphinx hold is there, though Docutils alone reads them.
func TestDocutilsReadsSphinx(t *testing.T) {
	need(t, "rst2html5")
	title := "A\n=\n\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
		not   []string
	}{
		"include":                 {map[string]string{"a/doc.rst": title + ".. include:: ../b/part.txt\n\nEnd.", "b/part.txt": "Rinse.\n\n.. include:: more.txt", "b/more.txt": "Pour."}, []string{"Rinse.", "Pour.", "End."}, nil},
		"include in a block":      {map[string]string{"doc.rst": title + ".. note::\n\n   .. include:: part.txt\n\nEnd.", "part.txt": "Rinse.\n\nPour."}, []string{"<aside", "Rinse.", "Pour."}, nil},
		"a part of it":            {map[string]string{"doc.rst": title + ".. include:: part.txt\n   :start-after: begin\n   :end-before: end", "part.txt": "Above.\n\n.. begin\n\nRinse.\n\n.. end\n\nBelow."}, []string{"Rinse."}, []string{"Above", "Below"}},
		"by lines":                {map[string]string{"doc.rst": title + ".. include:: part.txt\n   :start-line: 2\n   :end-line: 3", "part.txt": "Above.\n\nRinse.\n\nBelow."}, []string{"Rinse."}, []string{"Above", "Below"}},
		"literally":               {map[string]string{"doc.rst": title + ".. include:: part.txt\n   :literal:\n\nEnd.", "part.txt": "*a* :ref:`b`"}, []string{"<pre", "*a* :ref:`b`", "End."}, nil},
		"from the root":           {map[string]string{"docs/a/doc.rst": title + ".. include:: /parts/x.txt", "docs/parts/x.txt": "Rinse."}, []string{"Rinse."}, nil},
		"itself":                  {map[string]string{"doc.rst": title + ".. include:: part.txt\n\nEnd.", "part.txt": "Rinse.\n\n.. include:: part.txt"}, []string{"Rinse.", "End."}, nil},
		"outside":                 {map[string]string{"doc.rst": title + ".. include:: /etc/passwd\n\n.. include:: ../../etc/passwd\n\n.. literalinclude:: /etc/passwd\n\nEnd."}, []string{"End."}, []string{"root:", "passwd"}},
		"a table's file":          {map[string]string{"doc.rst": title + ".. csv-table:: Pumps\n   :header-rows: 1\n   :file: pumps.csv\n\nEnd.", "pumps.csv": "Model,Litres\nP1,20"}, []string{"Pumps", "<th", "Litres", "P1", "End."}, nil},
		"code":                    {map[string]string{"doc.rst": title + ".. literalinclude:: a.py\n   :language: python\n   :pyobject: Timer.start\n   :caption: The timer\n   :emphasize-lines: 2\n\nEnd.", "a.py": python}, []string{"The timer", "@property", "def start", "return 1", "End."}, []string{"import", "stop", "emphasize"}},
		"code by lines":           {map[string]string{"doc.rst": title + ".. literalinclude:: a.py\n   :lines: 1,9-\n   :dedent: 4", "a.py": python}, []string{"import time", "def stop"}, []string{"Counts"}},
		"code with options":       {map[string]string{"doc.rst": title + ".. code-block:: python\n   :linenos:\n   :caption: Run it\n\n   run(:ref:`x`)\n\nEnd."}, []string{"Run it", "run(:ref:`x`)", "End."}, []string{"linenos"}},
		"directives":              {map[string]string{"doc.rst": title + ".. versionadded:: 2.3\n   The `x` *hose*.\n\n.. tab:: Linux\n\n   Use a :term:`clamp`.\n\n.. seealso:: The valve\n\n.. toctree::\n   :maxdepth: 2\n\n   other\n\n.. only:: latex\n\n   Printed.\n\nEnd."}, []string{"Added in version 2.3: The", "<em>hose</em>", "Linux", "Use a clamp.", "See also", "The valve", "End."}, []string{"maxdepth", "other", "Printed", ":term:"}},
		"objects":                 {map[string]string{"doc.rst": title + ".. py:function:: open(*args, **kw)\n                 open(name)\n   :module: pumps\n\n   Opens the inlet.\n\n   :param name: its name\n\n   .. versionchanged:: 3\n\nEnd."}, []string{"open(*args, **kw)", "open(name)", "Opens the inlet.", "its name", "Changed in version 3", "End."}, []string{"module"}},
		"an attribute":            {map[string]string{"doc.rst": title + ".. py:attribute:: litres\n   :type: int\n   :value: 20\n\n   Of water.\n\nEnd."}, []string{"litres", "type: int", "value: 20", "Of water.", "End."}, nil},
		"options that it ignores": {map[string]string{"doc.rst": title + ".. math::\n   :label: eq\n\n   a = b\n\n.. list-table:: Pumps\n   :header-rows: 1\n   :foo: bar\n\n   * - Model\n     - Litres\n   * - P1\n     - :ref:`20 <x>`\n\nEnd."}, []string{"a = b", "Pumps", "Model", "20", "End."}, []string{"foo", "label"}},
		"roles":                   {map[string]string{"a/doc.rst": ".. _top:\n\n" + title + "See :ref:`top`, :ref:`the\nvalve <valve>`, :doc:`other`, :py:func:`~pumps.open`, :file:`/etc/{name}`, :kbd:`Ctrl-C`, :abbr:`PSI (pounds)`, H\\ :sub:`2`\\ O and :pep:`8`.\n\nUse::\n\n  :ref:`this`\n\nEnd.", "a/other.rst": ".. comment\n\nAnother pump\n============\n"}, []string{"See A, the", "valve,", "Another pump", "open()", "/etc/name", "Ctrl-C", "PSI (pounds)", "<sub>2</sub>", "PEP 8", ":ref:`this`", "End."}, []string{"&lt;valve", "~pumps", ":doc:"}},
		"tables": {map[string]string{"doc.rst": title + "+-----------------+---+\n| :ref:`Hose <h>` | 1 |\n+-----------------+---+\n\n" +
			"===============  ====\nModel            Code\n===============  ====\n:func:`~a.open`  ``:x:`y` ``\n\n:ref:`b <c>`     2\n===============  ====\n\nEnd."}, []string{"Hose", "open()", "Code", "<th", ">b<", ">2<", "End."}, []string{":ref:", "&lt;h"}},
		"code of roles":                {map[string]string{"doc.rst": title + "Write ``:ref:`x <y>` `` or ``:doc:`z```, see :ref:`this <y>`."}, []string{":ref:`x <y>`", ":doc:`z`", "see this."}, nil},
		"names that only Sphinx knows": {map[string]string{"doc.rst": title + ".. |mode| replace:: Enable |br| of |release|\n.. |own| replace:: hose\n.. |both| replace:: |own| and\n   |own|\n\nUse |mode|, |both|.\n\nEnd."}, []string{"Enable", "of release", "hose and", "End."}, []string{"|br|"}},
		"comments":                     {map[string]string{"doc.rst": title + "..\n   Hidden :ref:`x`.\n\n.. Hidden, too:\n   .. note:: x\n\nEnd."}, []string{"End."}, []string{"Hidden"}},
		"markup in what is shown":      {map[string]string{"doc.rst": title + ":ref:`*args and |x| and y_ <z>` and :guilabel:`&Save`."}, []string{"*args and |x| and y_ and Save."}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := &includes{files: c.files}
			at := "doc.rst"
			for path := range c.files {
				if strings.HasSuffix(path, "/doc.rst") {
					at = path
				}
			}
			body, notes := in.convert(t, "docutils", at)
			for _, want := range c.want {
				if !strings.Contains(body, want) && !strings.Contains(html.UnescapeString(tags.ReplaceAllString(body, "")), want) {
					t.Errorf("%q is missing: %s, notes %q", want, body, notes)
				}
			}
			for _, not := range c.not {
				if strings.Contains(body, not) {
					t.Errorf("%q is there: %s", not, body)
				}
			}
			if slices.ContainsFunc(in.asked, func(path string) bool { return strings.HasPrefix(path, "..") || strings.HasPrefix(path, "/") }) {
				t.Errorf("asked for %q", in.asked)
			}
		})
	}
}
