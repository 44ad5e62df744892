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
		"include":            {map[string]string{"a/doc.rst": title + ".. include:: ../b/part.txt\n\nEnd.", "b/part.txt": "Rinse.\n\n.. include:: more.txt", "b/more.txt": "Pour."}, []string{"Rinse.", "Pour.", "End."}, nil},
		"include in a block": {map[string]string{"doc.rst": title + ".. note::\n\n   .. include:: part.txt\n\nEnd.", "part.txt": "Rinse.\n\nPour."}, []string{"<aside", "Rinse.", "Pour."}, nil},
		"a part of it":       {map[string]string{"doc.rst": title + ".. include:: part.txt\n   :start-after: begin\n   :end-before: end", "part.txt": "Above.\n\n.. begin\n\nRinse.\n\n.. end\n\nBelow."}, []string{"Rinse."}, []string{"Above", "Below"}},
		"by lines":           {map[string]string{"doc.rst": title + ".. include:: part.txt\n   :start-line: 2\n   :end-line: 3", "part.txt": "Above.\n\nRinse.\n\nBelow."}, []string{"Rinse."}, []string{"Above", "Below"}},
		"literally":          {map[string]string{"doc.rst": title + ".. include:: part.txt\n   :literal:\n\nEnd.", "part.txt": "*a* :ref:`b`"}, []string{"<pre", "*a* :ref:`b`", "End."}, nil},
		"from the root":      {map[string]string{"docs/a/doc.rst": title + ".. include:: /parts/x.txt", "docs/parts/x.txt": "Rinse."}, []string{"Rinse."}, nil},
		"itself":             {map[string]string{"doc.rst": title + ".. include:: part.txt\n\nEnd.", "part.txt": "Rinse.\n\n.. include:: part.txt"}, []string{"Rinse.", "End."}, nil},
		"outside":            {map[string]string{"doc.rst": title + ".. include:: /etc/passwd\n\n.. include:: ../../etc/passwd\n\n.. literalinclude:: /etc/passwd\n\nEnd."}, []string{"End."}, []string{"root:", "passwd"}},
		"a table's file":     {map[string]string{"doc.rst": title + ".. csv-table:: Pumps\n   :header-rows: 1\n   :file: pumps.csv\n\nEnd.", "pumps.csv": "Model,Litres\nP1,20"}, []string{"Pumps", "<th", "Litres", "P1", "End."}, nil},
		"code":               {map[string]string{"doc.rst": title + ".. literalinclude:: a.py\n   :language: python\n   :pyobject: Timer.start\n   :caption: The timer\n   :emphasize-lines: 2\n\nEnd.", "a.py": python}, []string{"The timer", "@property", "def start", "return 1", "End."}, []string{"import", "stop", "emphasize"}},
		"code by lines":      {map[string]string{"doc.rst": title + ".. literalinclude:: a.py\n   :lines: 1,9-\n   :dedent: 4", "a.py": python}, []string{"import time", "def stop"}, []string{"Counts"}},
		"code with options":  {map[string]string{"doc.rst": title + ".. code-block:: python\n   :linenos:\n   :caption: Run it\n\n   run(:ref:`x`)\n\nEnd."}, []string{"Run it", "run(:ref:`x`)", "End."}, []string{"linenos"}},
		"directives":         {map[string]string{"doc.rst": title + ".. versionadded:: 2.3\n   The `x` *hose*.\n\n.. tab:: Linux\n\n   Use a :term:`clamp`.\n\n.. seealso:: The valve\n\n.. toctree::\n   :maxdepth: 2\n\n   other\n\n.. only:: latex\n\n   Printed.\n\nEnd."}, []string{"Added in version 2.3: The", "<em>hose</em>", "Linux", "Use a clamp.", "See also", "The valve", "End."}, []string{"maxdepth", "other", "Printed", ":term:"}},
		"objects":            {map[string]string{"doc.rst": title + ".. py:function:: open(*args, **kw)\n                 open(name)\n   :module: pumps\n\n   Opens the inlet.\n\n   :param name: its name\n\n   .. versionchanged:: 3\n\nEnd."}, []string{"open(*args, **kw)", "open(name)", "Opens the inlet.", "its name", "Changed in version 3", "End."}, []string{"module"}},
		"objects of Python": {map[string]string{"doc.rst": title + ".. module:: pumps\n\n.. class:: Pump(x)\n\n   .. method:: run()\n      :async:\n\n      :param int speed: how fast,\n         at most\n      :param why: see\n      :type why: str or None\n      :raises ValueError: if not\n      :returns: what\n\n      :rtype: bool\n\n.. exception:: Leak\n\n.. py:data:: a.limit\n\n.. function:: off()\n\n.. currentmodule:: None\n\n.. function:: on()\n\nEnd."},
			[]string{"class pumps.Pump(x)", ">async run()<", "Parameters", "speed (int) \u2013 how fast,", "why (str or None) \u2013 see", "Raises", "ValueError \u2013 if not", "Returns", "what", "Return type", "bool", "exception pumps.Leak", ">a.limit<", "pumps.off()", ">on()<", "End."}, []string{":param", "param"}},
		"arguments over two lines": {map[string]string{"doc.rst": title + ".. note:: Part of the :doc:`hose\n   <a:b>`, too.\n\n   More.\n\n.. danger:: Hot :rfc:`7#s` and :pep:`this <8>`.\n\n.. todo:: Do :index:`it <pair: a; b>`.\n\nEnd."}, []string{"Part of the hose, too.", "More.", ">Danger<", "Hot RFC 7#s and this.", "Todo", "Do it.", "End."}, []string{"&lt;", "DANGER"}},
		"an attribute":             {map[string]string{"doc.rst": title + ".. py:attribute:: litres\n   :type: int\n   :value: 20\n\n   Of water.\n\nEnd."}, []string{"litres: int = 20", "Of water.", "End."}, nil},
		"options that it ignores":  {map[string]string{"doc.rst": title + ".. math::\n   :label: eq\n\n   a = b\n\n.. list-table:: Pumps\n   :header-rows: 1\n   :foo: bar\n\n   * - Model\n     - Litres\n   * - P1\n     - :ref:`20 <x>`\n\nEnd."}, []string{"a = b", "Pumps", "Model", "20", "End."}, []string{"foo", "label"}},
		"roles":                    {map[string]string{"a/doc.rst": ".. _top:\n\n" + title + "See :ref:`top`, :ref:`the\nvalve <valve>`, :doc:`other`, :py:func:`~pumps.open`, :file:`/etc/{name}`, :kbd:`Ctrl-C`, :abbr:`PSI (pounds)`, H\\ :sub:`2`\\ O and :pep:`8`.\n\nUse::\n\n  :ref:`this`\n\nEnd.", "a/other.rst": ".. comment\n\nAnother pump\n============\n"}, []string{"See A, the", "valve,", "Another pump", "open()", "/etc/name", "Ctrl-C", "PSI (pounds)", "<sub>2</sub>", "PEP 8", ":ref:`this`", "End."}, []string{"&lt;valve", "~pumps", ":doc:"}},
		"labels elsewhere": {map[string]string{"a/doc.rst": title + "See :ref:`pumps`, :ref:`Fig <fig>`, :ref:`fig`, :std:ref:`tab`, :ref:`code`, :ref:`genindex`, :ref:`a/b:The valve`, :ref:`none`.",
			"b/o.rst": ".. _Pumps:\n.. _pumps two:\n\nAll ``pumps`` *of* :term:`water`\n-----------------------------\n\n.. _fig:\n\n.. figure:: x.png\n   :alt: y\n\n   The hose\n\n.. _tab:\n\n.. list-table:: The litres\n\n   * - 1\n\n.. _code:\n\n.. code-block:: sh\n   :caption: The run\n\n   ls\n"},
			[]string{"See All pumps of water, Fig, The hose, The litres, The run, Index, a/b:The valve, none."}, nil},
		"Sphinx's settings": {map[string]string{"docs/a/doc.rst": ":orphan:\n:tocdepth: 2\n\n" + title + "See :pr:`7`, :pr:`this <8>`, :old:`9`, :url:`x`, :ref:`a:Hose`, |release| of |name| and |pump|.",
			"docs/conf.py": "extensions = ['sphinx.ext.autosectionlabel']\nproject = 'P'\nrelease: str\nrelease = \"1.2\"\nrst_epilog = '''\n.. |name| replace:: The hose\n'''\nrst_prolog = r\"\"\"\n.. |pump| replace:: a pump\n\"\"\"\nextlinks = {\n    'pr': (f'{base}/pull/%s', 'PR #%s'),\n    \"old\": (\"https://e.example/%s\", \"BPO \"),\n    'url': (\n        'https://e.example/%s',\n        None,\n    ),\n}\n"},
			[]string{"See PR #7, this, BPO 9, https://e.example/x, Hose, 1.2 of The hose and a pump."}, []string{"orphan", "tocdepth"}},
		"what a document says of itself": {map[string]string{"doc.rst": ":Author: Ada\n\n" + title + "End."}, []string{"Ada", "End."}, nil},
		"tables": {map[string]string{"doc.rst": title + "+-----------------+---+\n| :ref:`Hose <h>` | 1 |\n+-----------------+---+\n\n" +
			"===============  ====\nModel            Code\n===============  ====\n:func:`~a.open`  ``:x:`y` ``\n\n:ref:`b <c>`     2\n===============  ====\n\nEnd."}, []string{"Hose", "open()", "Code", "<th", ">b<", ">2<", "End."}, []string{":ref:", "&lt;h"}},
		"tables with little room": {map[string]string{"doc.rst": ".. _l:\n\nA long title\n============\n\n" +
			"+-----------+------------------+\n| Pump      | 漢字             |\n+===========+==================+\n| :ref:`l`  | See :term:`a     |\n|           | hose <b>`.       |\n|           |                  |\n| Z         | .. note:: Hot!   |\n+-----------+------------------+\n\n" +
			"=========  =====\nName       漢字\n=========  =====\n:ref:`l`   x\nsecond     :term:`a\n           hose <b>`\n\n           next\nthird      z\n=========  =====\n\n====  ====\nOver both\n----------\na     b\n====  ====\n\nEnd."},
			[]string{`<td><p><a class="reference external" href="#l">A long title</a></p>`, "See a hose.", "<p>Z</p>", "Hot!", "a hose", "next", "third", "Over both", ">b<", "End."}, []string{":ref:", ":term:", "::"}},
		"code of roles":                {map[string]string{"doc.rst": title + "Write ``:ref:`x <y>` `` or ``:doc:`z```, see :ref:`this <y>`."}, []string{":ref:`x <y>`", ":doc:`z`", "see this."}, nil},
		"raw names":                    {map[string]string{"doc.rst": title + ".. |br| raw:: html\n\n   <br />\n.. |mode| replace:: Enable |br| (it)\n.. |b| raw:: html\n\n   <b\n   class=\"x\">Bold &amp;</b><script>y</script>\n   <i>*more*</i>\n\n.. |t| raw:: latex\n\n   \\\\newpage\n\nUse |mode|, |b|, one |br| two |t|.\n\n::\n\n   .. |x| raw:: html\n\n      <hr>\n\nEnd."}, []string{"Enable", "(it), Bold &amp; *more*, one", "two", ".. |x| raw:: html", "&lt;hr&gt;", "End."}, []string{"|br|", "|t|", "newpage"}},
		"names that only Sphinx knows": {map[string]string{"doc.rst": title + ".. |mode| replace:: Enable |br| of |release|\n.. |own| replace:: hose\n.. |both| replace:: |own| and\n   |own|\n\nUse |mode|, |both|.\n\nEnd."}, []string{"Enable", "of release", "hose and", "End."}, []string{"|br|"}},
		"comments":                     {map[string]string{"doc.rst": title + "..\n   Hidden :ref:`x`.\n\n.. Hidden, too:\n   .. note:: x\n\nEnd."}, []string{"End."}, []string{"Hidden"}},
		"links": {map[string]string{"docs/a/doc.rst": ".. _up:\n\n" + title + "See :doc:`/b/other`, :doc:`it <../b/other>`, :ref:`low_part`, :ref:`low part <low_part>`, :ref:`up`, :any:`../m`, :numref:`Table %s <low_part>`.\n\n.. include:: ../b/part.txt\n\n.. toctree::\n   :caption: Next\n\n   /b/other\n   Named <../m>\n   https://e.example/x\n   none\n   self\n\n.. toctree::\n   :hidden:\n\n   hidden\n\nSee\n:doc:`other`\n---------------",
			"docs/b/other.rst": "Other *pump* & <hose>\n=====================\n\n.. _low_part:\n\nThe low part\n------------\n", "docs/m.md": "---\nx: y\n---\n# In `M`\n", "docs/b/part.txt": ":doc:`/b/other`!", "docs/a/hidden.rst": "Hidden\n======"},
			[]string{`href="../b/other.rst">Other pump &amp; &lt;hose&gt;</a>, <a`, `href="../b/other.rst">it</a>`, `href="../b/other.rst#low-part">The low part</a>`, `href="../b/other.rst#low-part">low part</a>`, `href="#up">A</a>`, `href="../m.md">In M</a>`, "Table The low part", "!", "<strong>Next</strong>", ">Named</a>", `href="https://e.example/x"`}, []string{"none", "self", "Hidden", ":doc:", "__"}},
		"signatures over lines": {map[string]string{"doc.rst": title + ".. function:: open(name, \\\n              mode='r')\n              close()\n\n   Text.\n\n.. flat-table:: Pumps\n   :header-rows: 1\n   :fill-cells:\n\n   * - Model\n     - Litres\n\n   * - :cspan:`1` Both\n   * - P1\n\n       more\n     - 20\n\nEnd."},
			[]string{"open(name, mode='r')", "<code>close()</code>", "Pumps", ">Litres<", " Both<", "more", ">20<", "End."}, []string{"``", "cspan"}},
		"what is shown where": {map[string]string{"doc.rst": title + ".. only:: html and not (draft or latex)\n\n   Shown.\n\n.. only:: draft or man\n\n   Left.\n\n.. ifconfig:: x == 'y'\n\n   Maybe.\n\n.. testsetup:: *\n\n   setup()\n\n.. testcode:: g\n   :hide:\n\n   hidden()\n\n.. doctest:: g\n\n   >>> run() # doctest: +SKIP\n   <BLANKLINE>\n\n.. deprecated-removed:: 3 4 Use it.\n\n.. glossary::\n   :sorted:\n\n   Valve\n     It opens.\n\n   `air`\n   Air x : y\n     It blows.\n   Tap\n     It drips.\n\n.. autosummary::\n   :toctree:\n\n   ~a.b\n   c\n\n.. automodule:: a\n   :members:\n\n.. unheard:: of\n\n.. role:: red(strong)\n\n:red:`own`, ``a``:func:`b` **:x:`c`** d:e:`f` |today|.\n\nterm : kind\n  Def.", "conf.py": "x = 1"},
			[]string{"Shown.", "Maybe.", "run()", "Deprecated since version 3, will be removed in version 4: Use it.", "air", ">a.b<", `class="red">own<`, "<code>a</code><code>b()</code> <strong>c</strong> d:e:", "air, Air x It blows. Tap It drips. Valve", "term : kind"}, []string{"Left.", "not (", "== 'y'", "setup", "hidden", "doctest", "BLANKLINE", "today"}},
		"layouts": {map[string]string{"doc.rst": title + ".. grid:: 1 2\n   :gutter: 3\n\n   .. grid-item-card:: :octicon:`gear` Card\n      :link: part\n      :link-type: ref\n\n      Head\n      ^^^^\n      Body :bdg:`new`\n      +++\n      Foot\n\n   .. grid-item-card:: Home\n      :link: https://h.example/\n\n.. button-ref:: part\n   :ref-type: ref\n\n   Go there\n\n.. button-link:: https://b.example/\n\n.. tabs::\n\n   .. tab:: Apt\n\n      apt\n\n   .. code-tab:: py In Python\n\n      *run*\n\n.. mermaid::\n\n   a --> *b*\n\n.. graphviz:: g.dot\n\n.. uml::\n   :alt: The flow\n\n   x\n\n.. _part:\n\nPart\n----\n\n.. raw:: html\n\n   <b>Raw</b>\n\n.. raw:: latex\n\n   \\newpage\n\n.. parsed-literal::\n\n   run :ref:`part`\n\n.. csv-table::\n   :header: :ref:`part`, \"b, c\"\n\n   :ref:`part <x>`, \"x \"\"y\"\"\"", "g.dot": "digraph { a }"},
			[]string{`"#part">`, "Card</a>", "Head", "Body new", "Foot", `"https://h.example/">Home</a>`, `"#part">Go there</a>`, `"https://b.example/"`, "Apt", "In Python", "*run*", "a --&gt; *b*", "digraph { a }", "The flow", "<b>Raw</b>", `run <a`, ">Part</a></p></th>", ">b, c<", `"y"`}, []string{"1 2", "^^^", "+++", "gear", "newpage", ":ref:", "gutter"}},
		"markup in what is shown": {map[string]string{"doc.rst": title + ":ref:`*args and |x| and y_ <z>` and :guilabel:`&Save`."}, []string{"*args and |x| and y_ and Save."}, nil},
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
			shown := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, ""))), " ")
			for _, want := range c.want {
				if !strings.Contains(body, want) && !strings.Contains(shown, want) {
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
