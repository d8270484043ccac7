import Pipeline
import Testing

@Suite struct PipelineFileTests {
  @Test func readsTheSample() throws {
    let pipeline = try parse(samplePipeline)
    #expect(try parse(pipeline.resolvedYAML()) == pipeline)
  }
}
