import { SearchCombo } from "../../../components/SearchCombo";
import { words as sheetWords } from "../words";
import { useContextSearch } from "./useContextSearch";
import { words } from "./words";

interface Props {
  service: string;
  kind: string;
  title: string;
  value: string;
  onChange: (value: string) => void;
}

/** One thing in a service, searched there while the owner types; any other value can be typed. */
export function ContextValue({ service, kind, title, value, onChange }: Props) {
  const { search, asking } = useContextSearch(service, kind, value);
  const choices = search.found.map((found) => (found.title === null ? { id: found.value, name: found.value } : { id: found.value, name: found.title, note: found.value }));
  const state = () => {
    if (asking) {
      return words.asking(service);
    }
    if (search.problem !== null) {
      return words.problem(search.problem);
    }
    if (choices.length === 0) {
      return words.nothing;
    }
    return search.asked ? words.asked(service) : words.known;
  };
  return <SearchCombo label={title} choices={choices} state={state()} value={value} onChange={onChange} placeholder={sheetWords.valueHint} />;
}
