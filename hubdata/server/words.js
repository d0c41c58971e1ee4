// The words that Streamlit itself shows, in the language of the page: it has them in English only.
// What is data is left as it is: options, chosen names, tables and our own texts. In a table a linked name is read to a
// screen reader as its address, of which the name is the first part: here it becomes the name again.
(() => {
  const WORDS = {
    nl: {
      "Skip to main content": "Naar de inhoud",
      "Navigate to home page": "Naar het overzicht",
      "App pages": "Pagina's",
      "View less": "Minder tonen",
      "Link to heading": "Link naar deze kop",
      "Collapse sidebar": "Menu inklappen",
      "Expand sidebar": "Menu uitklappen",
      "Scroll tabs left": "Tabbladen naar links",
      "Scroll tabs right": "Tabbladen naar rechts",
      "Copy to clipboard": "Kopiëren",
      "Copied!": "Gekopieerd",
      "Close": "Sluiten",
      "Dismiss": "Sluiten",
      "Open": "Openen",
      // fields
      "Choose an option": "Maak een keuze",
      "Choose options": "Maak een keuze",
      "Choose or add an option": "Kies of typ",
      "Choose or add options": "Kies of typ",
      "No results": "Niets gevonden",
      "No options to select": "Er is niets te kiezen",
      "No options to select.": "Er is niets te kiezen.",
      "Select all": "Alles kiezen",
      "Selected values": "Gekozen",
      "Multiselect options": "Keuzes",
      "Clear all": "Alles wissen",
      "Clear value": "Wissen",
      "Clear entry": "Wissen",
      "Decrement": "Eén minder",
      "Increment": "Eén meer",
      "Show password": "Wachtwoord tonen",
      "Hide password": "Wachtwoord verbergen",
      // files
      "file upload": "bestand kiezen",
      "Upload": "Bestand kiezen",
      "Add files": "Bestanden toevoegen",
      "Drag and drop a file here": "Sleep een bestand hierheen",
      "Drag and drop files here": "Sleep bestanden hierheen",
      "Loading...": "Laden…",
      // tables
      "Search": "Zoeken",
      "Type to search": "Typ om te zoeken",
      "Previous Result": "Vorige",
      "Next Result": "Volgende",
      "Close Search": "Zoeken sluiten",
      "Dataframe column menu": "Wat u met de kolom kunt doen",
      "Show/hide columns": "Kolommen tonen of verbergen",
      "Download as CSV": "Download als CSV",
      "Download as PNG": "Download als PNG",
      "Fullscreen": "Volledig scherm",
      "Close fullscreen": "Volledig scherm sluiten",
      "Sort ascending": "Oplopend sorteren",
      "Sort descending": "Aflopend sorteren",
      "Format": "Weergave",
      "Autosize": "Breedte aanpassen",
      "Pin column": "Kolom vastzetten",
      "Unpin column": "Kolom losmaken",
      "Hide column": "Kolom verbergen",
      "Copy column name": "Naam van de kolom kopiëren",
      "Statistics": "Verdeling",
      "Distribution histogram": "Verdeling als staafjes",
      "Top values frequency chart": "Wat het meest voorkomt",
      "True/false distribution chart": "Hoe vaak ja en nee",
      "Values": "Waarden",
      "Distinct": "Verschillend",
      "Empty": "Leeg",
      "Average": "Gemiddelde",
      "Median": "Middelste",
      "Minimum": "Laagste",
      "Maximum": "Hoogste",
      "Sum": "Samen",
      "Range": "Bereik",
      "Standard deviation": "Standaardafwijking",
      "Based on sample": "Van een deel van de rijen",
      "No data": "Geen gegevens",
      // what goes wrong, and what is going on
      "Running...": "Bezig…",
      "Stop": "Stoppen",
      "Please wait...": "Een ogenblik…",
      "Page not found": "Deze pagina is er niet",
      "Connection error": "Geen verbinding",
      "Network error": "Geen verbinding",
      "Connection lost. Please wait for the app to reconnect, then try again.":
        "De verbinding is weg. Wacht tot die er weer is en probeer het opnieuw.",
      "Reconnected to server.": "De verbinding is er weer.",
      "Try again": "Probeer het opnieuw",
      "Unknown error": "Onbekende fout",
    },
  };
  // With a name or number in it: English, and what it becomes; `$1` is itself looked up.
  const PATTERNS = {
    nl: [
      [/^(\d+)MB per file$/, "hoogstens $1 MB per bestand"],
      [/^(\d+) results?$/, "$1 gevonden"],
      [/^(\d+) of (\d+) results?$/, "$1 van $2 gevonden"],
      [/^[a-z_]+(?: [a-z_]+)* icon$/, "pictogram"],
      [/^Select (\d+) matches$/, "Deze $1 kiezen"],
      [/^(\d+) options? available\.?$/, "$1 om uit te kiezen"],
      [/^Press Enter to apply$/, "Druk op Enter"],
      [/^Press Enter to submit form$/, "Druk op Enter om te versturen"],
      [/^Press (.+)\+Enter to (?:apply|submit form)$/, "Druk op $1+Enter"],
      [/^View (\d+) more$/, "Nog $1 tonen"],
      [/^Remove (.+)$/s, "$1 weghalen"],
      [/^Help for (.+)$/s, "Uitleg bij $1"],
      [/^(Show\/hide columns|Search|Download as CSV|Download as PNG|Fullscreen|Close fullscreen): (.+)$/s, "$1: $2"],
      [/^You have requested page (\S+), but no corresponding file was found in the app's pages\/ directory\. Running the app's main page\.$/,
        "De pagina $1 bestaat niet. Dit is het overzicht."],
      [/^The page that you have requested does not seem to exist\. Running the app's main page\.$/,
        "Deze pagina bestaat niet. Dit is het overzicht."],
    ],
  };
  const ATTRIBUTES = ["aria-label", "title", "placeholder"];
  const DATA = [
    '[data-testid="stMarkdownContainer"]', '[role="option"]', '[data-baseweb="tag"]', '[data-testid="stTable"]',
    '[data-testid*="Chart"]', ".hub-chart", "code", "svg", "script", "style",
  ].join(", ");
  const OWN = '[data-testid="stFileUploader"] button'; // drawn as text of ours would be
  const CHOICES = /^(Select all|Select \d+ matches|No results)$/; // stand among the options
  const shown = new WeakMap(); // node -> [what Streamlit wrote, what stands there instead], per attribute or for its text

  const said = (words) => {
    const language = document.documentElement.lang;
    const known = WORDS[language];
    if (!known) return words;
    if (Object.hasOwn(known, words)) return known[words];
    for (const [pattern, instead] of PATTERNS[language])
      if (pattern.test(words))
        return words.replace(pattern, (_all, ...parts) => instead.replace(/\$(\d)/g, (_mark, nth) => {
          const part = parts[nth - 1];
          return Object.hasOwn(known, part) ? known[part] : part;
        }));
    return words;
  };
  const named = (words) => {
    const name = /^organisation\?name=([^&]*)/.exec(words);
    return name ? decodeURIComponent(name[1].replaceAll("+", " ")) : words;
  };

  // What Streamlit wrote is kept, for another language; unless it wrote something else meanwhile.
  const put = (node, what, now, write, translate) => {
    const kept = shown.get(node) ?? {};
    const original = kept[what] && kept[what][1] === now ? kept[what][0] : now;
    const words = translate(original);
    if (words === now) return;
    shown.set(node, { ...kept, [what]: [original, words] });
    write(words);
  };
  const text = (node) => {
    const parent = node.parentElement;
    const words = node.nodeValue;
    if (!parent || !words.trim()) return;
    const isCell = parent.closest('[data-testid="data-grid-canvas"]');
    if (!isCell && parent.closest(DATA) && !parent.closest(OWN) && !CHOICES.test(words) && !shown.has(node)) return;
    put(node, "text", words, (value) => { node.nodeValue = value; }, isCell ? named : said);
  };
  const attributes = (element) => {
    for (const name of ATTRIBUTES) {
      const words = element.getAttribute(name);
      if (words) put(element, name, words, (value) => element.setAttribute(name, value), said);
    }
  };
  const below = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE || root.namespaceURI !== document.documentElement.namespaceURI) return;
    attributes(root);
    for (const element of root.querySelectorAll("[aria-label], [title], [placeholder]")) attributes(element);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) text(walker.currentNode);
  };

  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(below);
      else if (change.type === "characterData") text(change.target);
      else if (change.target === document.documentElement && change.attributeName === "lang") below(document.documentElement);
      else if (change.attributeName !== "lang") attributes(change.target);
    }
  }).observe(document, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: [...ATTRIBUTES, "lang"],
  });
})();
