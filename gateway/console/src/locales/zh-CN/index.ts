import { merge, type Catalogue } from '../merge'

export default merge(import.meta.glob<Catalogue>('./*.json', { eager: true, import: 'default' }))
